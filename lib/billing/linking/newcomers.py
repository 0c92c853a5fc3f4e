"""Those whom Stripe has no customer for yet: all that can be made for them is a Checkout.

It names the organization, so that what it starts is found under it as soon as its webhooks arrive.
Whoever comes from a pricing page without a name has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from ..domain.catalog import Catalog
from ..domain.flow_situation import Situation
from ..domain.flow_values import PlanOffer
from ..domain.rows import CustomerRow
from ..settings.setup import Setup
from ..store import references
from ..store.queries.reading import Connection

STRANGER: Final = "visit "
"""What the audit's detail begins with for those whom nobody knows."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """``email`` fills Checkout's field in; Stripe makes the customer when it is completed.
    ``org_id`` None: nobody knows who it is, and ``visit`` tells them apart."""

    org_id: str | None
    email: str | None = None
    visit: str = ""

    @property
    def told(self) -> str:
        """How the audit calls them, where it has no customer to name."""
        return f"{STRANGER}{self.visit}" if self.org_id is None else f"organization {self.org_id}"


_NOBODY = CustomerRow(
    customer_id="",
    org_id=None,
    email=None,
    name=None,
    currency=None,
    locale=None,
    created_at=None,
    deleted=False,
    delinquent=False,
    balance_minor=0,
    default_payment_method=None,
    last_second=0,
    needs_reread=False,
    gaps=0,
    awaiting="",
)


def newcomers_situation(connection: Connection, setup: Setup, newcomer: Newcomer) -> Situation:
    """Nothing was ever bought, so that the guards leave only Checkout."""
    known = references.load(connection)
    return Situation(
        customer=replace(_NOBODY, org_id=newcomer.org_id, email=newcomer.email),
        subscriptions=(),
        invoices=(),
        catalog=setup.catalog,
        configuration=None,
        timezone=setup.timezone,
        policy=setup.links,
        prices=known.prices,
        coupons=known.coupons,
    )


def first_offer(plans: Iterable[PlanOffer], catalog: Catalog) -> str | None:
    """The plan that a Checkout opens with when nobody said which: the lowest that is paid for,
    by the month if it can be had so, in the catalogue's own currency if it can."""

    def order(offer: PlanOffer) -> tuple[bool, int, bool, bool, str]:
        plan = catalog.plan(offer.plan)
        price = next(p for p in plan.prices if p.lookup_key == offer.lookup_key)
        free = price.amount == 0 or plan.slug == catalog.default_plan
        monthly = (offer.interval, offer.interval_count) == ("month", 1)
        return free, plan.rank, price.currency != catalog.currency, not monthly, offer.lookup_key

    return min(plans, key=order).lookup_key if (plans := tuple(plans)) else None
