"""Events and objects that cannot be applied, and a Stripe to read again from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from lib.billing.domain.errors import BillingError
from lib.billing.domain.fold import Rules
from lib.billing.drain import Drain
from lib.billing.ingest import Ingest
from lib.billing.store import tables
from lib.billing.store.engine import Store
from tests.store.company import CATALOG, START
from tests.stripe import shapes

BROKEN = shapes.event(
    "customer.subscription.updated", shapes.subscription(items=7), id="evt_bad", created=START
)
GOOD = shapes.event(
    "customer.subscription.created", shapes.subscription(), id="evt_good", created=START
)


@dataclass
class Stripe:
    """Gives ``answers`` one after the other: an object, or the error to raise."""

    answers: list[dict[str, Any] | BillingError]
    second: int = START + 500
    asked: list[tuple[str, str]] = field(default_factory=list)

    def retrieve(
        self, kind: str, object_id: str, *, expand: tuple[str, ...] = ()
    ) -> tuple[dict[str, Any], int]:
        self.asked.append((kind, object_id))
        answer = self.answers.pop(0)
        self.second += 1
        if isinstance(answer, BillingError):
            raise answer
        return answer, self.second


@dataclass
class Bench:
    """A store with its way in, whose clock the test moves."""

    store: Store
    gateway: Stripe | None = None
    at: int = START
    at_once: int = 500

    def now(self) -> int:
        return self.at

    @property
    def ingest(self) -> Ingest:
        return Ingest(self.store, Rules(CATALOG), clock=self.now)

    @property
    def drain(self) -> Drain:
        return Drain(
            self.store, self.ingest, clock=self.now, gateway=self.gateway, at_once=self.at_once
        )

    def fail(self, event: dict[str, Any], why: str = "The disk was full.") -> None:
        """Keep a sound event as failed, as after a mistake of ours that has been mended since."""
        ingest = self.ingest
        arrival = ingest.read(event, body=json.dumps(event).encode())
        ingest.commit([arrival.failing(why)], "webhook")

    def inbox(self, *columns: str) -> list[tuple[Any, ...]]:
        """The named columns of every event, by arrival."""
        i = tables.inbox.c
        query = select(*(i[name] for name in columns)).order_by(i.received_at, i.event_id)
        with self.store.reading() as connection:
            return [tuple(row) for row in connection.execute(query)]


def customer(number: int) -> dict[str, Any]:
    """The creation of a customer, an event of its own."""
    return shapes.event(
        "customer.created", shapes.customer(id=f"cus_{number:04}"), id=f"evt_{number:04}"
    )
