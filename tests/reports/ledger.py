"""A small projection made from hand-written observations, by the real fold and the real writer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from lib.billing.desk import Portside
from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.fold import fold_customer
from lib.billing.domain.observations import Observation, State
from lib.billing.domain.project import project
from lib.billing.domain.times import parse_iso
from lib.billing.settings.rules import current_rules
from lib.billing.settings.setup import Setup
from lib.billing.store import history, projection, references, rollups, turnover
from lib.billing.store.engine import Store
from tests.domain.states import item, price, seen, subscription
from tests.remembered import once

CATALOG: Catalog = parse_catalog(
    """
default_plan = "free"
[features.api]
name = "API access"
[features.analytics]
name = "Advanced analytics"
[plans.free]
name = "Free"
limits = { seats = 1 }
[plans.starter]
name = "Starter"
rank = 10
features = ["api"]
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
name = "Pro"
rank = 20
features = ["api", "analytics"]
limits = { seats = 10, projects = 5 }
[[plans.pro.prices]]
lookup_key = "pro_monthly"
[[plans.pro.prices]]
lookup_key = "pro_yearly"
"""
)


def at(text: str) -> int:
    """Unix second of ``2026-03-01`` or ``2026-03-01T10:00``, UTC."""
    return parse_iso(text)


def customer(**over: Any) -> State:
    return {
        "org_id": None,
        "email": None,
        "name": None,
        "currency": None,
        "created": at("2026-01-01"),
        "deleted": False,
        "locale": None,
        "default_payment_method": None,
        "balance": 0,
        "delinquent": False,
    } | over


def paying(status: str = "active", **over: Any) -> State:
    """A monthly Pro subscription for 29.00 usd that began in January."""
    return (
        subscription(status, created=at("2026-01-05"), start_date=at("2026-01-05"))
        | {"items": [item(price("pro_monthly", "2900"), end=at("2026-04-05"))]}
        | over
    )


def invoice(status: str = "open", **over: Any) -> State:
    return {
        "number": "PORT-0001",
        "subscription": "sub_1",
        "status": status,
        "currency": "usd",
        "collection_method": "charge_automatically",
        "billing_reason": "subscription_cycle",
        "total": 2900,
        "tax": 0,
        "amount_due": 2900,
        "amount_paid": 0,
        "amount_remaining": 2900,
        "created": at("2026-03-05"),
        "due_date": None,
        "finalized_at": at("2026-03-05"),
        "paid_at": None,
        "voided_at": None,
        "uncollectible_at": None,
        "attempt_count": 0,
        "attempted": False,
        "payment_failed": False,
        "next_payment_attempt": None,
        "auto_advance": True,
        "hosted_invoice_url": "https://invoice.example/1",
        "invoice_pdf": "https://invoice.example/1.pdf",
        "period_start": at("2026-03-05"),
        "period_end": at("2026-04-05"),
    } | over


def payment(invoice_id: str, decline_code: str, when: str) -> State:
    return {
        "invoice": invoice_id,
        "status": "requires_payment_method",
        "amount": 2900,
        "currency": "usd",
        "code": "card_declined",
        "decline_code": decline_code,
        "message": None,
        "attempted_at": at(when),
    }


def created(object_type: str, object_id: str, state: State, when: str, cus: str) -> Observation:
    return seen(
        state,
        at(when),
        kind="created",
        object_type=object_type,
        object_id=object_id,
        customer=cus,
    )


def changed(
    object_type: str, object_id: str, before: State, after: State, when: str, cus: str
) -> Observation:
    return seen(
        after,
        at(when),
        before=before,
        object_type=object_type,
        object_id=object_id,
        customer=cus,
    )


def ended(object_id: str, state: State, when: str, cus: str) -> Observation:
    return seen(state, at(when), kind="terminal", object_id=object_id, customer=cus)


def fill(
    store: Store, observations: Iterable[Observation], setup: Setup, prices: Sequence[State] = ()
) -> None:
    """Store observations and project every customer in them; ``prices`` were seen before."""
    told = list(observations)
    once(store, (told, setup, prices), lambda: _fill(store, told, setup, prices))


def fill_anew(store: Store, observations: Iterable[Observation], setup: Setup) -> None:
    """The same by what is written alone, as somebody without every right must."""
    _fill(store, observations, setup, ())


def _fill(
    store: Store, observations: Iterable[Observation], setup: Setup, prices: Sequence[State]
) -> None:
    by_customer: defaultdict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        assert observation.customer_id is not None
        by_customer[observation.customer_id].append(observation)
    known = [
        seen(state, 0, kind="created", object_type="price", object_id=state["id"], customer=None)
        for state in prices
    ]
    with store.writing() as connection:
        history.append(connection, known)
        references.update(connection, known)
        for seen_of_one in by_customer.values():
            history.append(connection, seen_of_one)
        rules = current_rules(connection, setup)
        rows = [project(fold_customer(cus, own, rules)) for cus, own in by_customer.items()]
        projection.write(connection, rows, known=())
        rollups.rebuild(connection, rules.timezone, rules.policy.slug)
        turnover.rebuild(connection, rules.timezone, rules.policy.slug, rules.catalog)


def desk(
    store: Store,
    observations: Iterable[Observation],
    now: str,
    prices: Sequence[State] = (),
    **settings: Any,
) -> Portside:
    """A Portside over ``store``, filled, whose clock stands at ``now``."""
    setup = Setup(catalog=CATALOG, **settings)
    fill(store, observations, setup, prices)
    return Portside(store=store, clock=lambda: at(now), setup=setup)
