"""How long every report takes from a filled database, and how many rows it reads for that."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from lib.billing import DatabaseUnavailable
from lib.billing.reports import REPORTS
from lib.billing.wiring import Installation

from ..filled import fill, opened
from ..pages.patience import Patience, bounded
from ..statements import caught, touched

PATIENCE: Final = 600.0
"""Seconds after which a single statement is given up: reports are made for files, not for pages."""


@dataclass(frozen=True, slots=True)
class Line:
    """``first`` and ``whole``: milliseconds until its first row and its totals. ``rows``: that it
    has. ``touched``: read from tables and indices; None where the database says none.
    ``given_up``: it takes longer than ``whole``."""

    report: str
    first: float
    whole: float
    rows: int
    touched: int | None
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """One database. ``load``: of the machine when it began, processes that wanted a core."""

    kind: str
    subscriptions: int
    lines: tuple[Line, ...]
    load: float


def in_database(url: str, customers: int, say: Callable[[str], None] = lambda _: None) -> Measured:
    """Every report once, of a filled database; an empty one is filled with ``customers`` first."""
    load = os.getloadavg()[0]
    filled = fill(url, customers)
    installation = opened(bounded(url, PATIENCE), filled.now)
    lines = []
    try:
        patience = Patience(installation.store, PATIENCE)
        for name in REPORTS:
            patience.begin()
            line = measure(installation, name)
            say(f"{line.first:9,.1f} {line.whole:11,.1f} ms {line.rows:10,} rows {name}")
            lines.append(line)
    finally:
        installation.close()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    return Measured(kind, filled.subscriptions, tuple(lines), load)


def measure(installation: Installation, name: str) -> Line:
    """All rows of the report, and then its totals."""
    first, rows, given_up = None, 0, False
    with caught(installation.store) as statements:
        started = time.perf_counter()
        try:
            with installation.portside.report_stream(name) as stream:
                for _ in stream.rows:
                    first = first or time.perf_counter() - started
                    rows = stream.count
                stream.totals()
        except DatabaseUnavailable:
            if time.perf_counter() - started < PATIENCE:
                raise  # it did not answer at all
            given_up = True
        whole = time.perf_counter() - started
    return Line(
        name,
        1_000 * (first or whole),
        1_000 * whole,
        rows,
        None if given_up else _touched(installation, statements),
        given_up,
    )


def _touched(installation: Installation, statements: list[tuple[str, Any]]) -> int | None:
    if installation.store.is_sqlite:
        return None
    # Counting takes longer than answering: what was in time may not be counted in time.
    with suppress(DatabaseUnavailable), installation.store.reading() as connection:
        return sum(touched(connection, *statement) for statement in statements)
    return None
