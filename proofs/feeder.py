"""A process that feeds events into a database: ``feeder URL FILE BATCH``, or ``feeder URL replay
FILE``, which folds everything again and again until that file is there.

Prints what became of them, and how often PostgreSQL made it try a transaction again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lib.billing.ingest import Ingest
from lib.billing.replay import replay
from lib.billing.store.faults import CLASHES

from .serving import installation


def run() -> None:
    url, told, more = sys.argv[1:]
    sys.stdout.write(json.dumps(_feed(url, told, more)) + "\n")


def _feed(url: str, told: str, more: str) -> dict[str, Any]:
    installed = installation(url)
    try:
        if told == "replay":
            counts: dict[str, Any] = {"replays": _replay_until(Path(more), installed.ingest)}
        else:
            events = json.loads(Path(told).read_text())
            summary = installed.ingest.apply(events, "webhook", batch=int(more))
            counts = {name: getattr(summary, name) for name in COUNTED}
    finally:
        installed.close()
    return counts | {"deadlocks": CLASHES["40P01"], "clashes": CLASHES["40001"]}


COUNTED = ("lines", "applied", "stale", "ignored", "repeated", "failed")


def _replay_until(there: Path, ingest: Ingest) -> int:
    rounds = 0
    while not there.exists():
        replay(ingest, at_once=20)
        rounds += 1
    return rounds
