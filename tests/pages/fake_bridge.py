"""The policy bridge's part of the fake company: two lines towards each other preset."""

from __future__ import annotations

from dataclasses import dataclass

from lib.billing import Bridge, BridgeItem, BridgeLine, Filters, Listing, Policy, Sum
from lib.billing.domain.policy import PRESETS

HOSTILE = "![pixel](http://evil.test/bridge.png)"
BEHIND = 30


@dataclass
class FakeBridge:
    """``bridged`` and ``unvalued`` are what the bridge says of itself."""

    bridged: bool = True
    unvalued: int = 0

    policy = "portside"

    def policies(self) -> tuple[Policy, ...]:
        return tuple(PRESETS.values())

    def bridge(self, policy: str) -> tuple[Bridge, ...]:
        lines = (
            BridgeLine("collection_paused", "Collection paused", "It counts.", 17_400, 30, 117_400),
            BridgeLine("discounts", "Discounts", "All are off.", 0, 0, 117_400),
        )
        return tuple(
            Bridge("portside", policy, code, 100_000, 117_400, lines, self.bridged, self.unvalued)
            for code in ("eur", "usd")
        )

    def bridge_customers(
        self,
        policy: str,
        line: str,
        filters: Filters = Filters(),  # noqa: B008
    ) -> Listing[BridgeItem]:
        count = BEHIND if line == "collection_paused" else 0
        rows = tuple(
            BridgeItem(
                customer_id=f"cus_{n}",
                org_id=None,
                email=f"n{n}@example.com",
                name=HOSTILE if n == 0 else f"Company {n}",
                subscription_id=f"sub_{n}",
                plan="pro",
                status="active",
                currency=filters.currencies[0] if filters.currencies else "usd",
                before_minor=0,
                after_minor=580,
                delta_minor=580,
            )
            for n in range(count)
        )
        limit, offset = filters.page
        sums = (Sum("usd", count, 580 * count),)
        return Listing(rows[offset : offset + limit], count, sums, (), {})
