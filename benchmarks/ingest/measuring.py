"""Every way in, one after the other, each into an empty database of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from . import feeding, floor

BATCHES = (1, 50, 2_000)
AT_ONCE = (1, 8, 16, 32, 64)
RECEIVERS = (1, 2, 4)

Say = Callable[[str], None]
Events = Sequence[dict[str, Any]]


@dataclass(slots=True)
class Measured:
    """Events a second into one kind of database. ``load``: of the machine when it began."""

    kind: str
    events: int
    customers: int
    load: float
    bare: dict[int, float] = field(default_factory=dict)  # by how many in a commit
    in_process: dict[int, float] = field(default_factory=dict)  # by batch
    over_http: dict[tuple[int, int], float] = field(default_factory=dict)  # receivers, at once
    imported: float = 0.0
    replayed: float = 0.0


def in_database(kind: str, url: str, events: Events, customers: int, say: Say) -> Measured:
    """``url``: of a server's database beside which others may be made, or of a file of SQLite."""
    found = Measured(kind, len(events), customers, os.getloadavg()[0])

    def told(what: str, rate: float) -> float:
        say(f"{kind}, {what}: {rate:,.0f} a second")
        return rate

    for together in (1, 50):
        with fresh(url) as empty:
            rate = floor.bare(empty, events, together)
            found.bare[together] = told(f"bare, {together} in a commit", rate)
    for batch in BATCHES:
        offered = events if batch > 1 else events[: max(len(events) // 4, 1)]
        with fresh(url) as empty:
            rate = feeding.in_process(empty, offered, batch)
            found.in_process[batch] = told(f"in process, batches of {batch}", rate)
    with fresh(url) as empty:
        found.imported = told("import", feeding.imported(empty, events))
        found.replayed = told("replay", feeding.replayed(empty, len(events)))
    for receivers in RECEIVERS if kind != "SQLite" else RECEIVERS[:1]:
        for at_once in AT_ONCE:
            offered = events if at_once > 1 else events[: max(len(events) // 4, 1)]
            with fresh(url) as empty:
                rate = feeding.over_http(empty, offered, at_once, receivers)
                what = f"HTTP, {receivers} receivers, {at_once} at once"
                found.over_http[receivers, at_once] = told(what, rate)
    return found


@contextmanager
def fresh(url: str) -> Iterator[str]:
    """The URL of an empty database on the same server, or beside the same file; gone afterwards."""
    name = f"bench_{secrets.token_hex(4)}"
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///")).with_name(f"{name}.db")
        yield f"sqlite:///{path}"
        for each in path.parent.glob(f"{name}.db*"):
            each.unlink()
        return
    server = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
