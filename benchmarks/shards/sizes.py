"""What an event and a subscription take on disk, indices with them, in a world that is fed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store

from ..bulk.world import RULES, World

KEPT: Final = ("inbox", "observations", "owners")
"""Tables that grow with every event; the others grow with customers and what they buy."""


class Sizes(NamedTuple):
    """Bytes by table, and what is in them."""

    tables: dict[str, int]
    events: int
    subscriptions: int

    def an_event(self, names: Iterable[str] = KEPT) -> float:
        return sum(self.tables[name] for name in names) / self.events

    def a_subscription(self) -> float:
        """Of everything that is derived."""
        derived = (size for name, size in self.tables.items() if name not in KEPT)
        return sum(derived) / self.subscriptions


def fed(url: str, customers: int) -> Sizes:
    """Of a world of ``customers``, each with a life of its own, fed into an empty PostgreSQL."""
    store = Store(url)
    try:
        ingest = Ingest(store, RULES, clock=lambda: 1_700_000_000)
        ingest.apply(World(customers, lives=customers).told(), "webhook")
        with store.reading() as connection:
            return Sizes(
                {
                    name: connection.exec_driver_sql(
                        f"SELECT pg_total_relation_size('{name}')"
                    ).scalar_one()
                    for name in (*KEPT, *_DERIVED)
                },
                connection.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one(),
                connection.exec_driver_sql("SELECT count(*) FROM subscriptions").scalar_one(),
            )
    finally:
        store.close()


_DERIVED: Final = (
    "customers",
    "plan_entitlements",
    "subscriptions",
    "invoices",
    "runway",
    "movements",
    "search_terms",
    "standings",
)
