"""A database that is full, opened in the middle of its life."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lib.billing.config import Settings
from lib.billing.domain.times import iso
from lib.billing.store import list_sums, meta, migrate
from lib.billing.store.engine import Store
from lib.billing.wiring import Installation, open_installation

from .bulk.known import somebody
from .bulk.world import RULES, World

ROOT: Final = Path(__file__).parents[1]
PASSED: Final = (9, 10)
"""The share of all movements that have happened when the pages are opened: a company in its
busiest year. What is still to come stands in the tables already, so that more is read, not less."""


@dataclass(frozen=True, slots=True)
class Filled:
    """``now``: the second at which it is looked at; ``token``: of somebody in it."""

    subscriptions: int
    now: int
    token: str


def fill(url: str, customers: int) -> Filled:
    """What is in that database; an empty one is filled with a world of ``customers`` first."""
    store = Store(url)
    try:
        migrate.upgrade(store)
        if not _count(store, "customers"):
            World(customers).fill(store)
        _sum_lists(store)
        return Filled(_count(store, "subscriptions"), busiest(store), somebody(store).token)
    finally:
        store.close()


def _sum_lists(store: Store) -> None:
    """A world that was made before lists were counted by sums has none of them."""
    with store.writing() as connection:
        if meta.get(connection, meta.LISTS_WAIT) is not None:
            list_sums.fill(connection, RULES.timezone)


def opened(url: str, now: int) -> Installation:
    """The installation of that database, its clock at ``now``."""
    given = {
        "PORTSIDE_DATABASE_URL": url,
        "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
        "PORTSIDE_NOW": iso(now),
        "PORTSIDE_RETURN_URL": "http://127.0.0.1:9/return",
        "PORTSIDE_STRIPE_API_BASE": "http://127.0.0.1:9",
        "STRIPE_API_KEY": "rk_test_of_nobody",
    }
    return open_installation(Settings.load(given))


def busiest(store: Store) -> int:
    """The second at which the pages are opened: see `PASSED`."""
    part, whole = PASSED
    before = _count(store, "movements") * part // whole
    newest = f"SELECT occurred_at FROM movements ORDER BY occurred_at LIMIT 1 OFFSET {before}"
    with store.reading() as connection:
        return int(connection.exec_driver_sql(newest).scalar_one())


def _count(store: Store, table: str) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
