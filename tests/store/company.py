"""A seeded little company whose life is told in Stripe's events, awkward ones included."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import select

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store
from lib.billing.store.tables import DERIVED
from tests.stripe import shapes

Raw = dict[str, Any]
START = shapes.NOW
DAY = 86_400
PLANS = {"starter_monthly": 900, "pro_monthly": 2900, "pro_yearly": 29000, "unheard_of": 100}

CATALOG = parse_catalog(
    """
default_plan = "free"
[features.api]
name = "API access"
[plans.starter]
rank = 10
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
features = ["api"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
[[plans.pro.prices]]
lookup_key = "pro_yearly"
"""
)


def ingest_into(store: Store, **over: Any) -> Ingest:
    return Ingest(store, Rules(CATALOG), clock=lambda: START, **over)


def derived(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the derived tables, in order of their keys."""
    with store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in DERIVED
        }


def inbox_states(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT event_id, state FROM inbox").fetchall()
    return {row[0]: row[1] for row in rows}


class Company:
    """Emits events with `previous_attributes` as Stripe does, in true order."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.events: list[Raw] = []
        self.now = START
        self._last: dict[str, Raw] = {}

    def tick(self) -> None:
        """Often no time passes at all."""
        self.now += self.random.choice([0, 0, 1, 60, 3 * DAY])

    def created(self, kind: str, obj: Raw) -> None:
        self._last[obj["id"]] = copy.deepcopy(obj)
        self._emit(kind, obj, None)

    def changed(self, kind: str, object_id: str, **changes: Any) -> None:
        obj = copy.deepcopy(self._last[object_id])
        previous = {key: obj.get(key) for key, new in changes.items() if obj.get(key) != new}
        obj |= copy.deepcopy(changes)
        self._last[object_id] = obj
        self._emit(kind, obj, previous or None)

    def happened(self, kind: str, obj: Raw) -> None:
        self._emit(kind, obj, None)

    def state(self, object_id: str) -> Raw:
        return self._last[object_id]

    def _emit(self, kind: str, obj: Raw, previous: Raw | None) -> None:
        event = shapes.event(kind, copy.deepcopy(obj), previous)
        self.events.append(event | {"id": f"evt_{len(self.events):05}", "created": self.now})


def company(seed: int, *, customers: int = 6, turns: int = 14) -> list[Raw]:
    """The events of a company's life in true order."""
    events: list[Raw] = json.loads(_told(seed, customers, turns))
    return events


@cache
def _told(seed: int, customers: int, turns: int) -> str:
    """As text: reading it gives everybody events of their own, and takes a tenth of making them."""
    made = Company(seed)
    made.created("coupon.created", shapes.coupon())
    for number in range(customers):
        join(made, str(number))
    for _ in range(turns * customers):
        made.tick()
        number = str(made.random.randrange(customers))
        made.random.choice(_TURNS)(made, number)
    made.created("price.created", shapes.price("price_pro_monthly"))
    return json.dumps(made.events)


def join(made: Company, n: str) -> None:
    org = {"org_id": f"org_{n}"}
    made.created("customer.created", shapes.customer(id=f"cus_{n}", metadata=org, created=made.now))
    subscription = shapes.subscription(
        item_of(n, "pro_monthly"), id=f"sub_{n}", customer=f"cus_{n}", created=made.now
    )
    made.created("customer.subscription.created", subscription)
    made.tick()


def item_of(n: str, lookup_key: str) -> Raw:
    price = shapes.price(f"price_{lookup_key}", PLANS[lookup_key], lookup_key=lookup_key)
    if lookup_key.endswith("yearly"):
        price["recurring"] = price["recurring"] | {"interval": "year"}
    return shapes.item(f"si_{n}", price, quantity=1)


def _alive(made: Company, n: str) -> bool:
    return bool(made.state(f"sub_{n}")["status"] != "canceled")


def _change_plan(made: Company, n: str) -> None:
    if _alive(made, n):
        lookup_key = made.random.choice(list(PLANS))
        items = {"object": "list", "data": [item_of(n, lookup_key)], "has_more": False}
        made.changed("customer.subscription.updated", f"sub_{n}", items=items)


def _flip_cancel(made: Company, n: str) -> None:
    if _alive(made, n):
        planned = not made.state(f"sub_{n}")["cancel_at_period_end"]
        made.changed("customer.subscription.updated", f"sub_{n}", cancel_at_period_end=planned)


def _flip_past_due(made: Company, n: str) -> None:
    if _alive(made, n):
        status = made.random.choice(["past_due", "active", "unpaid"])
        made.changed("customer.subscription.updated", f"sub_{n}", status=status)


def _discount(made: Company, n: str) -> None:
    if _alive(made, n) and f"di_{n}" not in made._last:
        made.created(
            "customer.discount.created",
            shapes.discount(id=f"di_{n}", customer=f"cus_{n}", subscription=f"sub_{n}"),
        )
        made.changed("customer.subscription.updated", f"sub_{n}", discounts=[f"di_{n}"])


def _bill(made: Company, n: str) -> None:
    name = f"in_{n}_{len(made.events)}"
    invoice = shapes.invoice(id=name, customer=f"cus_{n}", number=None, attempted=False)
    invoice |= {"attempt_count": 0, "status": "draft", "created": made.now}
    made.created("invoice.created", invoice)
    made.changed("invoice.finalized", name, status="open", number=f"N-{name}")
    if made.random.random() < 0.5:
        made.changed("invoice.payment_failed", name, attempted=True, attempt_count=1)
        # These two name no customer: their invoice does.
        made.happened("payment_intent.payment_failed", _payment(name))
    if made.random.random() < 0.6:
        paid = {"amount_remaining": 0, "amount_paid": 5800, "status": "paid"}
        made.changed("invoice.paid", name, **paid)
        made.happened("invoice_payment.paid", _invoice_payment(name))


def _payment(invoice: str) -> Raw:
    return shapes.payment_intent(id=f"pi_{invoice}", customer=None, invoice=invoice)


def _invoice_payment(invoice: str) -> Raw:
    return {
        "id": f"inpay_{invoice}",
        "object": "invoice_payment",
        "amount_paid": 5800,
        "currency": "usd",
        "invoice": invoice,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": f"pi_{invoice}"},
        "status": "paid",
        "status_transitions": {"paid_at": START, "canceled_at": None},
    }


def _rename(made: Company, n: str) -> None:
    made.changed("customer.updated", f"cus_{n}", name=f"Name {len(made.events)}")


def _end(made: Company, n: str) -> None:
    if _alive(made, n) and made.random.random() < 0.3:
        made.changed(
            "customer.subscription.deleted", f"sub_{n}", status="canceled", ended_at=made.now
        )


def _plan_ahead(made: Company, n: str) -> None:
    """A schedule whose next phase sells another price, perhaps one that nobody has told of yet."""
    if not _alive(made, n):
        return
    name = f"sub_sched_{n}"
    lookup_key = made.random.choice(["starter_monthly", "pro_monthly"])
    phase = {
        "start_date": made.now + made.random.choice([1, 60 * DAY, 70 * DAY]),
        "end_date": made.now + 80 * DAY,
        "items": [{"price": f"price_{lookup_key}", "quantity": 1}],
    }
    if name in made._last:
        made.changed("subscription_schedule.updated", name, phases=[phase])
        return
    schedule = {
        "id": name,
        "object": "subscription_schedule",
        "customer": f"cus_{n}",
        "subscription": f"sub_{n}",
        "status": "active",
        "end_behavior": made.random.choice(["release", "cancel"]),
        "phases": [phase],
        "livemode": False,
    }
    made.created("subscription_schedule.created", schedule)
    made.changed("customer.subscription.updated", f"sub_{n}", schedule=name)


def _reprice(made: Company, n: str) -> None:
    """The price that schedules sell becomes known, then changes its lookup key."""
    if "price_starter_monthly" not in made._last:
        priced = shapes.price("price_starter_monthly", 900, lookup_key="starter_monthly")
        made.created("price.created", priced)
    else:
        key = made.random.choice(["starter_monthly", "starter_old"])
        made.changed("price.updated", "price_starter_monthly", lookup_key=key)


_TURNS: list[Callable[[Company, str], None]] = [
    _change_plan, _flip_cancel, _flip_past_due, _discount, _bill, _bill, _rename, _end,
    _plan_ahead, _plan_ahead, _reprice,
]  # fmt: skip


def as_lines(events: Iterable[Raw]) -> list[bytes]:
    return [json.dumps(event).encode() for event in events]
