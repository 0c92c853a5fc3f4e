"""How long each question of the pages takes, and how many rows it touches."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lib.billing.wiring import Installation

from ..filled import fill, opened
from ..statements import caught, touched
from .addresses import ADDRESSES
from .asked import Call, calls
from .patience import Patience, bounded

TIMES: Final = 5
LONG: Final = 2.0
"""Seconds above which the first time is enough."""
PATIENCE: Final = 10.0
"""Seconds after which a question is given up."""


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
    """``times``: each quick question; ``patience``: seconds for each; ``pages``: only these slugs;
    none means all."""

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
    filled = fill(url, customers)
    addresses = tuple(each for each in ADDRESSES if how.wants(each.slug))
    installation = opened(bounded(url, how.patience), filled.now)
    found = []
    try:
        patience = Patience(installation.store, how.patience)
        for call in calls(installation.portside, addresses, filled.token, patience.begin):
            line = measure(installation, call, how, patience)
            say(f"{line.usual:9,.1f} ms {line.rows or 0:9,} {line.page} {line.what} {line.verb}")
            found.append(line)
    finally:
        installation.close()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    return Measured(kind, filled.subscriptions, tuple(found), load)


def measure(
    installation: Installation, call: Call, how: How = How(), patience: Patience | None = None
) -> Line:
    """The call several times, after one that warms up; a slow one once."""
    from lib.billing import DatabaseUnavailable

    patience = patience or Patience(installation.store, how.patience)
    with caught(installation.store) as statements:
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
