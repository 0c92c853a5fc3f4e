"""A small company in a running sandbox, a projection of it, and ways to spoil the one or the other.

The sandbox's clock stands still; every event reaches the projection through `Scene.deliver`, except
those that a test loses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
import stripe
from sqlalchemy import text

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.reconcile import Reconcile, ReconcileSummary
from lib.billing.store.engine import Store
from lib.billing.store.queries import findings as board
from lib.billing.stripe.gateway import Gateway
from lib.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.kept import once
from tests.sandbox.worlds import every_event

NOW = 1_790_000_000
MINUTE, DAY = 60, 86_400
CATALOG = """
default_plan = "free"
[plans.basic]
rank = 10
[[plans.basic.prices]]
lookup_key = "basic_monthly"
[plans.pro]
rank = 20
[[plans.pro.prices]]
lookup_key = "pro_monthly"
[plans.seats]
rank = 15
[[plans.seats.prices]]
lookup_key = "seats_monthly"
"""
Raw = dict[str, Any]
Which = Callable[[Raw], bool]


def nothing(_: Raw) -> bool:
    return False


def everything(_: Raw) -> bool:
    return True


def of_type(*types: str) -> Which:
    return lambda event: event["type"] in types


class Scene:
    """``ada`` and ``bob`` have a subscription each, ``eve`` has none."""

    catalog = CATALOG
    timezone = "UTC"

    def __init__(self, running: RunningSandbox, store: Store) -> None:
        self.running = running
        self.store = store

        session = requests.Session()
        session.headers["Connection"] = "close"
        self.stripe = stripe.StripeClient(
            "sk_test_x",
            base_addresses={"api": running.url},
            http_client=stripe.RequestsClient(session=session),
        ).v1
        self.gateway: Any = Gateway("rk_test_x", running.url)
        self.delivered: set[str] = set()
        begun = once(running, "little company", self._begin)
        self.product, self.basic, self.pro = begun[:3]
        self.ada, self.bob, self.eve, self.adas, self.bobs = begun[3:]
        self.deliver()

    def _begin(self) -> tuple[str, ...]:
        self.product = str(self.stripe.products.create({"name": "Portside"}).id)
        basic = self.price("basic_monthly", 1000)
        pro = self.price("pro_monthly", 3000)
        ada, bob = self.customer("ada"), self.customer("bob")
        eve = self.customer("eve", card=None)
        adas, bobs = self.subscribe(ada, basic), self.subscribe(bob, pro)
        self.tick()
        return self.product, basic, pro, ada, bob, eve, adas, bobs

    # -- at Stripe -------------------------------------------------------------------------------

    def price(self, key: str, amount: int, **over: Any) -> str:
        wanted = {
            "product": self.product,
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": "month"},
            "lookup_key": key,
        }
        return str(self.stripe.prices.create({**wanted, **over}).id)

    def customer(self, name: str, card: str | None = "pm_card_visa") -> str:
        made = self.stripe.customers.create({"email": f"{name}@example.com", "name": name})
        if card is not None:
            method = self.stripe.payment_methods.attach(card, {"customer": made.id})
            chosen = {"invoice_settings": {"default_payment_method": method.id}}
            self.stripe.customers.update(made.id, chosen)
        return str(made.id)

    def eve_with_card(self) -> str:
        method = self.stripe.payment_methods.attach("pm_card_visa", {"customer": self.eve})
        chosen = {"invoice_settings": {"default_payment_method": method.id}}
        self.stripe.customers.update(self.eve, chosen)
        return self.eve

    def subscribe(self, customer: str, price: str, quantity: int = 1) -> str:
        items = [{"price": price, "quantity": quantity}]
        return str(self.stripe.subscriptions.create({"customer": customer, "items": items}).id)

    def schedule_end(self, subscription: str, planned: bool = True) -> None:
        self.stripe.subscriptions.update(subscription, {"cancel_at_period_end": planned})

    def rename(self, customer: str, name: str) -> None:
        self.stripe.customers.update(customer, {"name": name})

    def tick(self, seconds: int = 10 * MINUTE) -> None:
        self.running.advance(seconds)

    # -- here ------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.running.sandbox.now()

    @property
    def ingest(self) -> Ingest:
        rules = Rules(parse_catalog(self.catalog), timezone=self.timezone)
        return Ingest(self.store, rules, clock=lambda: self.now)

    def undelivered(self) -> list[Raw]:
        events = every_event(self.running.sandbox)
        return [event for event in events if event["id"] not in self.delivered]

    def deliver(self, lost: Which = nothing) -> list[Raw]:
        """Bring everything that has happened since, except what is ``lost``; gives that."""
        fresh = self.undelivered()
        self.delivered |= {event["id"] for event in fresh}
        self.ingest.apply([event for event in fresh if not lost(event)], source="webhook")
        return [event for event in fresh if lost(event)]

    def lose(self, act: Callable[[], object], lost: Which = everything) -> list[Raw]:
        """``act`` happens at Stripe and its events never arrive."""
        act()
        gone = self.deliver(lost)
        assert gone, "nothing was lost"
        return gone

    def sql(self, statement: str, **values: Any) -> None:
        with self.store.writing() as connection:
            connection.execute(text(statement), values)

    def reconcile(self, *, apply: bool = False, only: str | None = None) -> ReconcileSummary:
        return self.comparing().run(apply=apply, only=only)

    def comparing(self) -> Reconcile:
        return Reconcile(
            self.store,
            self.ingest,
            self.gateway,
            clock=lambda: self.now,
            sleep=lambda _: None,
        )

    def open(self) -> list[Any]:
        """Every open finding."""
        with self.store.reading() as connection:
            return list(board.every_open(connection, self.now))

    def stored(self, table: str) -> list[tuple[Any, ...]]:
        with self.store.reading() as connection:
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()
        return sorted((tuple(row) for row in rows), key=repr)


@contextmanager
def scene(store: Store) -> Iterator[Scene]:
    with running_sandbox(now=NOW, frozen=True, seed=3) as running:
        yield Scene(running, store)


class Beside:
    """Stripe's API with something else in some of its answers."""

    def __init__(self, gateway: Any) -> None:
        self.gateway = gateway

    def list_objects(self, kind: str, **filters: Any) -> Iterator[Any]:
        yield from self.gateway.list_objects(kind, **filters)

    def retrieve(self, kind: str, object_id: str, **options: Any) -> tuple[Raw, int]:
        found: tuple[Raw, int] = self.gateway.retrieve(kind, object_id, **options)
        return found


def values(text_: str | None) -> Any:
    return None if text_ is None else json.loads(text_)


__all__ = ["Beside", "Scene", "scene", "values"]
