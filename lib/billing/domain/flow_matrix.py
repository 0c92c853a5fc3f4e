"""The guard matrix: every shape of a subscription, and what each flow answers to it.

Nothing is written down here that the guards do not say: a shape is made into rows, the rows go
through `flows.options`, and the answers are read off. `docs/links.md` is printed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import product
from typing import Final

from .catalog import Catalog, Plan, Price
from .flow_situation import Situation
from .flow_values import Flow
from .flows import options
from .policy import LIVE
from .portal import PortalConfiguration
from .rows import CustomerRow, SubscriptionRow

STATUSES: Final = (
    "active",
    "trialing",
    "past_due",
    "unpaid",
    "paused",
    "incomplete",
    "incomplete_expired",
    "canceled",
    "none",
)
ENDINGS: Final = ("none", "boolean", "cancel_at", "both")
ITEMS: Final = ("one", "several", "metered")
COLLECTIONS: Final = ("charge_automatically", "send_invoice")
SCHEDULES: Final = ("none", "attached")
CONFIGURATIONS: Final = ("everything on", "everything off", "other plans only", "unknown")
"""What the portal configuration says. *Other plans only*: changing plans is on, but none of the
catalogue's other prices is offered. *Unknown*: Stripe could not be asked."""

_NOW: Final = 1_800_000_000
_PRICES: Final = {
    f"price_{key}": {"lookup_key": key, "currency": "usd", "active": True, "tax_behavior": None}
    for key in ("here", "there")
}
_CATALOG: Final = Catalog(
    "free",
    plans={
        slug: Plan(slug, slug, rank=rank, prices=(Price(slug, (), "month", 1, 100, "usd"),))
        for rank, slug in enumerate(("here", "there"))
    },
)
_ON: Final = PortalConfiguration(
    "bpc_1",
    is_default=True,
    subscription_pause=True,
    prices=frozenset(_PRICES),
    login_url="https://billing.example/p/login/1",
)
_CONFIGURATIONS: Final[dict[str, PortalConfiguration | None]] = {
    "everything on": _ON,
    "everything off": PortalConfiguration(
        "bpc_1",
        is_default=True,
        payment_method_update=False,
        customer_update=False,
        subscription_update=False,
        subscription_pause=False,
        subscription_cancel=False,
    ),
    "other plans only": replace(_ON, prices=frozenset({"price_elsewhere"})),
    "unknown": None,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One customer with at most one subscription; each field is one of its dimension's values."""

    status: str = "active"
    ending: str = "none"
    items: str = "one"
    collection: str = "charge_automatically"
    schedule: str = "none"
    configuration: str = "everything on"


DIMENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "status": STATUSES,
    "schedule": SCHEDULES,
    "ending": ENDINGS,
    "items": ITEMS,
    "collection": COLLECTIONS,
    "configuration": CONFIGURATIONS,
}


def shapes() -> Iterator[Shape]:
    """Every one, in the order of the dimensions."""
    for values in product(*DIMENSIONS.values()):
        yield Shape(**dict(zip(DIMENSIONS, values, strict=True)))


@cache
def answers(shape: Shape) -> dict[Flow, str | None]:
    """Each flow's refusal by its code; None when it is allowed."""
    return {choice.flow: choice.code for choice in options(situation(shape)).choices}


def situation(shape: Shape) -> Situation:
    """The rows that a customer of this shape has."""
    return Situation(
        customer=_CUSTOMER,
        subscriptions=() if shape.status == "none" else (_subscription(shape),),
        invoices=(),
        catalog=_CATALOG,
        configuration=_CONFIGURATIONS[shape.configuration],
        prices=_PRICES,
    )


_CUSTOMER: Final = CustomerRow(
    customer_id="cus_1",
    org_id=None,
    email="someone@customer.example",
    name=None,
    currency="usd",
    locale=None,
    created_at=_NOW,
    deleted=False,
    delinquent=False,
    balance_minor=0,
    default_payment_method=None,
    last_second=_NOW,
    needs_reread=False,
    gaps=0,
    awaiting="",
)


def _subscription(shape: Shape) -> SubscriptionRow:
    live = shape.status in LIVE
    ending = live and shape.ending != "none"
    many = shape.items == "several"
    item = {"id": "si_1", "price": "price_here", "lookup_key": "here"}
    unknown = dict.fromkeys(field.name for field in fields(SubscriptionRow))
    told = {
        "subscription_id": "sub_1",
        "customer_id": "cus_1",
        "status": shape.status,
        "live": live,
        "plan": "here",
        "currency": "usd",
        "collection_method": shape.collection,
        "item_count": 2 if many else 1,
        "metered": shape.items == "metered",
        "items": [item, item | {"id": "si_2"}] if many else [item],
        "cancel_at": _NOW if shape.ending in ("cancel_at", "both") else None,
        "cancel_at_period_end": shape.ending in ("boolean", "both"),
        "winding_down": ending,
        "ends_at": _NOW if ending else None,
        "ended_at": None if live else _NOW,
        "schedule": "sub_sched_1" if shape.schedule == "attached" else None,
    }
    return SubscriptionRow(**{**unknown, **told})  # type: ignore[arg-type]
