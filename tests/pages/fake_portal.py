"""The Portal page's part of the fake company: as the catalogue says, unless told otherwise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from lib.billing import (
    Permission,
    PortalApplied,
    PortalPlan,
    PortalRefused,
    Role,
    StripeUnavailable,
    require,
)
from lib.billing.domain.catalog import Policies, parse_catalog
from lib.billing.domain.observations import State
from lib.billing.domain.portal_plan import LivePortal, plan
from lib.billing.domain.portal_terms import LABELS, wanted

SOLD = parse_catalog(
    """
default_plan = "free"
[plans.pro]
name = "Pro"
[[plans.pro.prices]]
lookup_key = "pro_monthly"
"""
)
PRICES: dict[str, State] = {
    "price_1": {
        "lookup_key": "pro_monthly",
        "product": "prod_1",
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "type": "recurring",
        "active": True,
    }
}


@dataclass
class FakePortal:
    """``by_hand``: fields that somebody changed in Stripe. ``bare``: nothing was applied yet."""

    by_hand: State = field(default_factory=dict)
    bare: bool = False
    unknown_price: bool = False
    stripe_away: bool = False
    applied: list[tuple[str, str | None]] = field(default_factory=list)

    def portal_observed(self) -> PortalPlan:
        should = wanted(SOLD, {} if self.unknown_price else PRICES, "https://app.example/return")
        state = dict.fromkeys(LABELS) | {"is_default": False, "created": 1}
        state |= wanted(SOLD, PRICES, "https://app.example/return").states["core"]
        live = [] if self.bare else [LivePortal("bpc_1", state | self.by_hand)]
        return plan(should, live, Policies())

    def portal_plan(self) -> PortalPlan:
        if self.stripe_away:
            raise StripeUnavailable("Stripe did not answer. Try again in a moment.")
        return self.portal_observed()

    def portal_apply(
        self, *, staff: str, roles: Collection[Role], expected: str | None = None
    ) -> PortalApplied:
        require(roles, Permission.PORTAL)
        planned = self.portal_plan()
        if planned.mark != expected:
            raise PortalRefused("Nothing was applied: look at it again.", code="portal_changed")
        self.applied.append((staff, expected))
        done = [
            (each.group, each.configuration_id or "bpc_new", "updated", tuple(sorted(each.fields)))
            for each in planned.todo
        ]
        self.by_hand, self.bare = {}, False
        return PortalApplied(tuple(done))
