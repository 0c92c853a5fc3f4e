"""How long each question of the pages takes, and how many rows it touches."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, event

from lib.billing.config import Settings
from lib.billing.domain.times import iso
from lib.billing.store import migrate
from lib.billing.store.engine import Store
from lib.billing.wiring import Installation, open_installation

from ..bulk.known import somebody
from ..bulk.world import World
from .addresses import ADDRESSES
from .asked import ROOT, Call, calls

TIMES: Final = 5
LONG: Final = 2.0
"""Seconds above which once more is enough."""
PASSED: Final = (9, 10)
"""The share of all movements that have happened when the pages are opened: a company in its
busiest year. What is still to come stands in the tables already, so that more is read, not less."""


@dataclass(frozen=True, slots=True)
class Line:
    """Milliseconds. ``rows``: touched by all its statements; None where the database says none."""

    page: str
    what: str
    verb: str
    usual: float
    worst: float
    statements: int
    rows: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One database: how many subscriptions are in it, and what was asked of it. ``load``: of the
    machine when it began, processes that wanted a core."""

    kind: str
    subscriptions: int
    lines: tuple[Line, ...]
    load: float


def in_database(url: str, customers: int) -> Measured:
    """Of a filled database; an empty one is filled with a world of ``customers`` first."""
    load = os.getloadavg()[0]
    store = Store(url)
    try:
        migrate.upgrade(store)
        if not _count(store, "customers"):
            World(customers).fill(store)
        subscriptions = _count(store, "subscriptions")
        now, token = busiest(store), somebody(store).token
    finally:
        store.close()
    installation = opened(url, now)
    try:
        found = [measure(installation, call) for call in _ready(installation, token)]
    finally:
        installation.close()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    return Measured(kind, subscriptions, tuple(found), load)


def _ready(installation: Installation, token: str) -> list[Call]:
    return list(calls(installation.portside, ADDRESSES, token))


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


def measure(installation: Installation, call: Call) -> Line:
    """The call several times, after one that warms up."""
    statements = _statements(installation, call)
    taken: list[float] = []
    while len(taken) < TIMES and not (taken and taken[0] > 1_000 * LONG):
        started = time.perf_counter()
        _put(call)
        taken.append(1_000 * (time.perf_counter() - started))
    rows = None
    if not installation.store.is_sqlite:
        with installation.store.reading() as connection:
            rows = sum(touched(connection, *statement) for statement in statements)
    return Line(
        call.address.slug,
        call.address.what,
        call.verb,
        statistics.median(taken),
        max(taken),
        len(statements),
        rows,
    )


def _put(call: Call) -> None:
    from lib.billing import BillingError

    try:
        call.ask()
    except BillingError:
        return  # what Stripe would have to be asked for; it is nowhere here


def _statements(installation: Installation, call: Call) -> list[tuple[str, Any]]:
    with _caught(installation.store) as statements:
        _put(call)
    return statements


@contextmanager
def _caught(store: Store) -> Iterator[list[tuple[str, Any]]]:
    found: list[tuple[str, Any]] = []

    def catch(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(store.read_engine, "before_cursor_execute", catch)
    try:
        yield found
    finally:
        event.remove(store.read_engine, "before_cursor_execute", catch)


def touched(connection: Connection, statement: str, parameters: Any) -> int:
    """Rows that PostgreSQL read from tables and indices, those it threw away with them."""
    explained = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters or ()
    ).scalar_one()
    plans = json.loads(explained) if isinstance(explained, str) else explained
    return sum(_of_node(plan["Plan"]) for plan in plans)


def _of_node(node: dict[str, Any]) -> int:
    below = sum(_of_node(child) for child in node.get("Plans", ()))
    if "Relation Name" not in node:
        return below
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return below + round(sum(node.get(name, 0) for name in names) * node["Actual Loops"])


def _count(store: Store, table: str) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def busiest(store: Store) -> int:
    """The second at which the pages are opened: see `PASSED`."""
    part, whole = PASSED
    before = _count(store, "movements") * part // whole
    newest = f"SELECT occurred_at FROM movements ORDER BY occurred_at LIMIT 1 OFFSET {before}"
    with store.reading() as connection:
        return int(connection.exec_driver_sql(newest).scalar_one())
