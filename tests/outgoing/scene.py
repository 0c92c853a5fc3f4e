"""A little installation that tells a product: events in, by any way, at a clock that is moved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lib.billing.domain.catalog import Catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.outgoing.delivering import Deliverer
from lib.billing.outgoing.noticing import Notices
from lib.billing.outgoing.sending import Sender
from lib.billing.outgoing.telling import Teller
from lib.billing.settings.outgoing import Endpoint
from lib.billing.store.engine import Store
from lib.billing.store.tables import outgoing_deliveries, outgoing_events
from tests.store.company import CATALOG, START
from tests.stripe import shapes

from .product import SECRET, Product

DAY, HOUR, MINUTE = 86_400, 3_600, 60
SHOP = Endpoint("shop", "https://shop.example/events")


@dataclass
class Clock:
    now: int = START

    def __call__(self) -> int:
        return self.now

    def move(self, seconds: int) -> None:
        self.now += seconds


class Scene:
    """One database, one writer, one deliverer."""

    def __init__(
        self,
        store: Store,
        endpoints: Sequence[Endpoint] = (SHOP,),
        *,
        catalog: Catalog = CATALOG,
        clock: Clock | None = None,
        secrets: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.store, self.endpoints = store, tuple(endpoints)
        self.clock = clock or Clock()
        self.teller = Teller(self.endpoints, catalog, self.clock)
        self.ingest = Ingest(store, Rules(catalog), clock=self.clock, teller=self.teller)
        self.notices = Notices(store, self.teller, self.clock)
        known = {endpoint.name: (SECRET,) for endpoint in self.endpoints}
        self.deliverer = Deliverer(store, self.endpoints, Sender(secrets or known), self.clock)

    def take(self, *events: Any, source: str = "webhook") -> None:
        """One batch."""
        self.ingest.commit([self.ingest.read(event) for event in events], source)

    def each(self, events: Iterable[Any], source: str = "webhook") -> None:
        for event in events:
            self.take(event, source=source)

    def told(self) -> list[dict[str, Any]]:
        """Every event so far, the first first."""
        query = select(outgoing_events.c.payload).order_by(
            outgoing_events.c.customer_id, outgoing_events.c.sequence
        )
        with self.store.reading() as connection:
            return [json.loads(row[0]) for row in connection.execute(query)]

    def types(self) -> list[str]:
        return [event["type"] for event in self.told()]

    def deliveries(self) -> list[tuple[int, str, int, str | None]]:
        """(sequence, state, attempts, reason), in order."""
        d = outgoing_deliveries.c
        query = select(d.sequence, d.state, d.attempts, d.reason).order_by(
            d.endpoint, d.customer_id, d.sequence
        )
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(query)]


def to(shop: Product, store: Store, **over: Any) -> Scene:
    """An installation whose one endpoint is ``shop``."""
    return Scene(store, [Endpoint("shop", shop.url)], **over)


def at(second: int, kind: str, obj: Any, previous: Any = None, **over: Any) -> Any:
    """An event of ``START + second``; its id is made from what it says."""
    named = f"evt_{kind}_{obj['id']}_{second}"
    return shapes.event(kind, obj, previous, **{"id": named, "created": START + second} | over)


def newcomer(customer: str = "cus_1", second: int = 0) -> Any:
    made = shapes.customer(
        id=customer, created=START + second, metadata={"org_id": f"org_of_{customer}"}
    )
    return at(second, "customer.created", made)


def subscription(customer: str = "cus_1", plan: str = "pro", **over: Any) -> Any:
    priced = shapes.price(f"price_{plan}", lookup_key=f"{plan}_monthly")
    given = {
        "id": f"sub_{customer}",
        "customer": customer,
        "created": START,
        "start_date": START,
        "metadata": {},
    }
    item = shapes.item(f"si_{customer}", priced, quantity=1)
    return shapes.subscription(item, **given | over)


def subscribed(customer: str = "cus_1", second: int = 1, plan: str = "pro", **over: Any) -> Any:
    made = subscription(customer, plan, **over)
    return at(second, "customer.subscription.created", made)


def invoice(customer: str = "cus_1", name: str = "in_1", **over: Any) -> Any:
    given = {"id": name, "customer": customer, "created": START, "parent": None}
    return shapes.invoice(**given | over)


def failed(second: int, attempt: int = 1, **over: Any) -> Any:
    return at(second, "invoice.payment_failed", invoice(attempt_count=attempt, **over))


def paid(second: int, **over: Any) -> Any:
    transitions = {
        "finalized_at": START,
        "marked_uncollectible_at": None,
        "paid_at": START + second,
        "voided_at": None,
    }
    settled = {
        "status": "paid",
        "amount_paid": 5800,
        "amount_remaining": 0,
        "status_transitions": transitions,
        "next_payment_attempt": None,
    }
    return at(second, "invoice.paid", invoice(**settled | over))
