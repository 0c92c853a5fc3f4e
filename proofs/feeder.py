"""A process that feeds events into a database: ``feeder URL FILE BATCH``, or ``feeder URL replay
FILE``, which folds everything again and again until that file is there.

Prints what became of them, and how often PostgreSQL made it try a transaction again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lib.billing.ingest import Ingest
from lib.billing.replay import replay

from .serving import installation


def run() -> None:
    url, told, more = sys.argv[1:]
    sys.stdout.write(json.dumps(_feed(url, told, more)) + "\n")


def _feed(url: str, told: str, more: str) -> dict[str, Any]:
    installed = installation(url)
    clashes: list[str] = []

    @event.listens_for(installed.store.engine, "handle_error")
    def heard(context: Any) -> None:
        state = getattr(context.original_exception, "sqlstate", None)
        if state in ("40P01", "40001"):
            clashes.append(state)

    try:
        if told == "replay":
            counts: dict[str, Any] = {"replays": _replay_until(Path(more), installed.ingest)}
        else:
            events = json.loads(Path(told).read_text())
            summary = installed.ingest.apply(events, "webhook", batch=int(more))
            counts = {name: getattr(summary, name) for name in COUNTED}
    finally:
        installed.close()
    return counts | {"deadlocks": clashes.count("40P01"), "clashes": clashes.count("40001")}


COUNTED = ("lines", "applied", "stale", "ignored", "repeated", "failed")


def _replay_until(there: Path, ingest: Ingest) -> int:
    rounds = 0
    while not there.exists():
        replay(ingest, at_once=20)
        rounds += 1
    return rounds
