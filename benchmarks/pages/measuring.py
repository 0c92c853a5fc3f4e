"""How long each question of the pages takes, and how many rows it touches."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, event

from lib.billing.config import Settings
from lib.billing.domain.times import iso
from lib.billing.reports import REPORTS
from lib.billing.store import list_sums, meta, migrate
from lib.billing.store.engine import Store
from lib.billing.wiring import Installation, open_installation

from ..bulk.known import somebody
from ..bulk.world import RULES, World
from .addresses import ADDRESSES, Address
from .asked import ROOT, Call, calls
from .patience import Patience, bounded

TIMES: Final = 5
LONG: Final = 2.0
"""Seconds above which the first time is enough."""
PATIENCE: Final = 10.0
"""Seconds after which a question is given up."""
FEW: Final = 50
"""Rows that a report is asked for."""
PASSED: Final = (9, 10)
"""The share of all movements that have happened when the pages are opened: a company in its
busiest year. What is still to come stands in the tables already, so that more is read, not less."""


@dataclass(frozen=True, slots=True)
class Line:
    """Milliseconds. ``rows``: touched by all its statements; None where the database says none.
    ``given_up``: it takes longer than that. ``asks_stripe``: which is nowhere
    here, so that it is the tries that take their time."""

    page: str
    what: str
    verb: str
    usual: float
    worst: float
    statements: int
    rows: int | None
    given_up: bool = False
    asks_stripe: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One database: how many subscriptions are in it, and what was asked of it. ``load``: of the
    machine when it began, processes that wanted a core."""

    kind: str
    subscriptions: int
    lines: tuple[Line, ...]
    load: float


@dataclass(frozen=True, slots=True)
class How:
    """``times``: each quick question; ``patience``: seconds for each; ``pages``: only these slugs,
    "reports" being one of them; none means all."""

    times: int = TIMES
    patience: float = PATIENCE
    pages: tuple[str, ...] = ()

    def wants(self, slug: str) -> bool:
        return not self.pages or slug in self.pages


def in_database(
    url: str, customers: int, how: How = How(), say: Callable[[str], None] = lambda _: None
) -> Measured:
    """Of a filled database; an empty one is filled with a world of ``customers`` first."""
    load = os.getloadavg()[0]
    store = Store(url)
    try:
        migrate.upgrade(store)
        if not _count(store, "customers"):
            World(customers).fill(store)
        _sum_lists(store)
        subscriptions = _count(store, "subscriptions")
        now, token = busiest(store), somebody(store).token
    finally:
        store.close()
    installation = opened(bounded(url, how.patience), now)
    found = []
    try:
        patience = Patience(installation.store, how.patience)
        for call in _asked(installation, token, how, patience):
            line = measure(installation, call, how, patience)
            say(f"{line.usual:9,.1f} ms {line.rows or 0:9,} {line.page} {line.what} {line.verb}")
            found.append(line)
    finally:
        installation.close()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    return Measured(kind, subscriptions, tuple(found), load)


def _sum_lists(store: Store) -> None:
    """A world that was made before lists were counted by sums has none of them."""
    with store.writing() as connection:
        if meta.get(connection, meta.LISTS_WAIT) is not None:
            list_sums.fill(connection, RULES.timezone)


def _asked(installation: Installation, token: str, how: How, patience: Patience) -> Iterator[Call]:
    addresses = tuple(each for each in ADDRESSES if how.wants(each.slug))
    yield from calls(installation.portside, addresses, token, patience.begin)
    if how.wants("reports"):
        for name in REPORTS:
            ask = partial(installation.portside.report, name, limit=FEW)
            yield Call(Address("reports", name, {}), "report", name, ask)


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


def measure(
    installation: Installation, call: Call, how: How = How(), patience: Patience | None = None
) -> Line:
    """The call several times, after one that warms up; a slow one once."""
    from lib.billing import DatabaseUnavailable

    patience = patience or Patience(installation.store, how.patience)
    with _caught(installation.store) as statements:
        first, answered, stripe = _put(call, patience)
    taken = [] if answered else [first]
    while answered and len(taken) < (1 if first > 1_000 * LONG else how.times):
        seconds, answered, _ = _put(call, patience)
        taken.append(seconds)
    rows = None
    if answered and not installation.store.is_sqlite:
        # Counting takes longer than answering: what was in time may not be counted in time.
        with suppress(DatabaseUnavailable), installation.store.reading() as connection:
            rows = sum(touched(connection, *statement) for statement in statements)
    return Line(
        call.address.slug,
        call.address.what,
        call.verb,
        statistics.median(taken),
        max(taken),
        len(statements),
        rows,
        not answered,
        stripe,
    )


def _put(call: Call, patience: Patience) -> tuple[float, bool, bool]:
    """Milliseconds, whether there was an answer, and whether Stripe was asked in vain."""
    from lib.billing import BillingError, DatabaseUnavailable, StripeUnavailable

    patience.begin()
    started, answered, stripe = time.perf_counter(), True, False
    try:
        call.ask()
    except DatabaseUnavailable:
        answered = False  # it was given up
    except StripeUnavailable:
        stripe = True  # it is nowhere here
    except BillingError:
        pass
    return 1_000 * (time.perf_counter() - started), answered, stripe


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
