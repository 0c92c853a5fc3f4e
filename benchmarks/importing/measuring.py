"""One run: the sync engine one at a time, then a file imported and everybody replayed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from ..events import subscription_events
from ..ingest import feeding
from ..peers import theirs
from ..peers.deliveries import signed
from ..peers.installed import NotInstalled
from ..peers.server import Server, ours, server

ROOT = Path(__file__).parents[2]
ENGINE_CUSTOMERS = 200
"""Of the sync engine's events, ten each: its rate does not hang on how many there are."""


@dataclass(frozen=True, slots=True)
class Taken:
    """``first`` and ``last``: seconds of the first and the last tenth. Memory is in kB: the most
    that this process held, and the largest of those beside it."""

    seconds: float
    cpu: float
    first: float
    last: float
    peak: int
    readers: int


@dataclass(frozen=True, slots=True)
class Run:
    """``engine``: the sync engine's events a second, or why there are none. ``size``: of the file,
    in bytes; ``stored``: of the database afterwards."""

    version: str
    load: float
    events: int
    customers: int
    size: int
    stored: int
    engine: float | str
    imported: Taken
    replayed: Taken


def measure(events: int, renewals: int, say: Callable[[str], None]) -> Run:
    from . import made

    load = os.getloadavg()[0]
    with server() as database, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = _engine(database, folder)
        say(f"the sync engine, one at a time: {engine} a second")
        file = folder / "events.jsonl"
        number = made.write(file, events, renewals)
        size = file.stat().st_size
        say(f"{number:,} events, {size:,} bytes")
        address = database.database()
        feeding.ready(ours(address))
        imported = _taken("import", ours(address), str(file))
        say(f"import: {number / imported.seconds:,.0f} a second")
        replayed = _taken("replay", ours(address))
        say(f"replay: {number / replayed.seconds:,.0f} a second")
        customers = number // (renewals + 1)
        stored = _stored(address)
        version = database.version
    return Run(version, load, number, customers, size, stored, engine, imported, replayed)


def _engine(database: Server, folder: Path) -> float | str:
    address = database.database()
    deliveries = signed(subscription_events(ENGINE_CUSTOMERS, 9))
    try:
        return theirs.sync_engine(address, deliveries, 1, folder).rate
    except (NotInstalled, theirs.Unmeasured) as reason:
        return str(reason)
    finally:
        database.drop(address)


def _taken(what: str, *given: str) -> Taken:
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing.worker", what, *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr.strip())
    told = json.loads(ran.stdout)
    first, last = _ends(told["marks"], told["done"], told["seconds"])
    return Taken(told["seconds"], told["cpu"], first, last, told["peak"], told["readers"])


def _ends(marks: list[tuple[int, float]], done: int, seconds: float) -> tuple[float, float]:
    """Seconds a tenth takes: counted from the first mark on, which comes once all is read and laid
    out, and to the end."""
    tenth = done // 10
    begun, started = marks[0]
    first = next(at - started for number, at in marks if number - begun >= tenth)
    number, at = next(mark for mark in reversed(marks) if done - mark[0] >= tenth)
    return first, (seconds - at) * tenth / (done - number)


def _stored(address: str) -> int:
    with psycopg.connect(address) as connection:
        (size,) = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (
            0,
        )
        return int(size)
