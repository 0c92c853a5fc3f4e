"""Whether all that was acknowledged is there once, and says what it should."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from lib.billing.intake.arrivals import Arrival
from lib.billing.replay import replay
from lib.billing.stripe.signature import sign
from lib.billing.wiring import Installation

from ..ground import Tables, dump, same, sqlite_file
from ..proof import Figures, holds
from ..serving import SECRET, installation

AT_ONCE: Final = 500

Seen = tuple[Tables, dict[str, str], int]
"""Derived rows, the state of each event, how many observations."""


def account(url: str, spool: Path) -> Figures:
    """Raise Disproved unless the database says what one says that was told the same in peace."""
    expected, states, once = _undisturbed(spool)
    installed = installation(url)
    try:
        found, stored, seen = _look(installed)
        lost = states.keys() - stored.keys()
        holds(not lost, f"{len(lost)} acknowledged events are not in the inbox: {sorted(lost)[:3]}")
        more = stored.keys() - states.keys()
        holds(not more, f"the inbox holds events that nobody sent: {sorted(more)[:3]}")
        failed = {name for name, state in stored.items() if state == "failed"}
        wrong = failed ^ {name for name, state in states.items() if state == "failed"}
        holds(not wrong, f"failed on one side only: {sorted(wrong)[:3]}")
        same(found, expected, "after the soak, against an undisturbed run")
        holds(seen == once, f"{seen} observations are stored instead of {once}")
        holds(replay(installed.ingest).batches_changed == 0, "replay changed rows afterwards")
    finally:
        installed.close()
    return {
        "customers": len(found["customers"]),
        "spoilt events kept as failed": len(failed),
        "events lost": 0,
        "events applied twice": 0,
        "differing rows": 0,
    }


def _undisturbed(spool: Path) -> Seen:
    with sqlite_file() as url:
        quiet = installation(url)
        try:
            for bodies in _told(spool):
                arrivals = [_signed(quiet, body) for body in bodies]
                quiet.ingest.commit(arrivals, "webhook")
            return _look(quiet)
        finally:
            quiet.close()


def _signed(quiet: Installation, body: bytes) -> Arrival:
    """By the receiver's own path: what is spoilt in a body does not outlive another one's JSON."""
    return quiet.ingest.receive(body, sign(body, SECRET, int(time.time())), [SECRET])


def _told(spool: Path) -> Iterator[list[bytes]]:
    with spool.open("rb") as lines:
        while some := [line.rstrip(b"\n") for line in islice(lines, AT_ONCE)]:
            yield some


def _look(installed: Installation) -> Seen:
    with installed.store.reading() as connection:
        stored = connection.exec_driver_sql("SELECT event_id, state FROM inbox").fetchall()
        seen = connection.exec_driver_sql("SELECT count(*) FROM observations").scalar()
    return dump(installed.store), {row[0]: row[1] for row in stored}, int(seen or 0)
