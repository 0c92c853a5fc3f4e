"""Everything that the choice of a link depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .catalog import Catalog
from .flow_values import LinkPolicy
from .observations import State
from .policy import LIVE
from .portal import PortalConfiguration
from .rows import CustomerRow, InvoiceRow, SubscriptionRow

_INCOMPLETE: Final = frozenset({"incomplete", "incomplete_expired"})


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another customer with the same organization or the same e-mail address."""

    customer_id: str
    same_org: bool
    same_email: bool
    live: bool  # has a live subscription
    created_at: int | None


@dataclass(frozen=True, slots=True)
class Situation:
    """``configuration`` None: it could not be read. ``prices`` and ``coupons``: what is known of
    Stripe's, by id; one that is not there is left to Stripe's own judgement. Of a customer whom
    another provider bills: ``portal_user``, as whom its portal opens, and whether it can be asked.
    """

    customer: CustomerRow
    subscriptions: tuple[SubscriptionRow, ...]
    invoices: tuple[InvoiceRow, ...]
    catalog: Catalog
    configuration: PortalConfiguration | None
    timezone: str = "UTC"
    policy: LinkPolicy = field(default_factory=LinkPolicy)
    prices: Mapping[str, State] = field(default_factory=dict)
    coupons: Mapping[str, State] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()
    open_checkout: int | None = None  # when a Checkout link was made that may still be open
    portal_user: str | None = None
    portal_ready: bool = True

    @property
    def live(self) -> tuple[SubscriptionRow, ...]:
        return tuple(row for row in self.subscriptions if row.status in LIVE)

    @property
    def ever_subscribed(self) -> bool:
        return any(row.status not in _INCOMPLETE for row in self.subscriptions)

    @property
    def open_invoices(self) -> list[InvoiceRow]:
        """Most urgent first: failing ones, then the oldest."""
        found = [row for row in self.invoices if row.status == "open"]
        # Of one second the smaller number is the older invoice; ids are random.
        found.sort(
            key=lambda row: (
                not row.failing,
                row.created_at or 0,
                len(row.number or ""),
                row.number or "",
                row.invoice_id,
            )
        )
        return found

    def price_named(self, lookup_key: str) -> tuple[str, State] | None:
        """(id, state) of the price that Stripe was last seen to sell under ``lookup_key``."""
        found = [(i, p) for i, p in self.prices.items() if p.get("lookup_key") == lookup_key]
        return max(found, key=lambda pair: (bool(pair[1].get("active")), pair[0]), default=None)

    def current_price(self, row: SubscriptionRow) -> tuple[dict[str, Any], State | None]:
        """The one item of ``row``, and what is known of its price."""
        item = row.items[0] if row.items else {}
        return item, self.prices.get(str(item.get("price")))
