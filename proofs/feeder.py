"""A process that feeds events into a database: ``python -m proofs.feeder URL FILE BATCH``.

Prints what became of them, and how often PostgreSQL made it try a transaction again.
"""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from lib.billing.replay import replay

from .serving import installation


def main(url: str, told: str, batch: int) -> dict[str, Any]:
    """Feed ``told``; where it is ``replay``, fold everything again until told to stop instead."""
    installed = installation(url)
    clashes: list[str] = []

    @event.listens_for(installed.store.engine, "handle_error")
    def heard(context: Any) -> None:
        state = getattr(context.original_exception, "sqlstate", None)
        if state in ("40P01", "40001"):
            clashes.append(state)

    try:
        if told == "replay":
            rounds = _replay_until_told(installed.ingest)
            counts: dict[str, Any] = {"replays": rounds}
        else:
            events = json.loads(Path(told).read_text())
            summary = installed.ingest.apply(events, "webhook", batch=batch)
            counts = {name: getattr(summary, name) for name in COUNTED}
    finally:
        installed.close()
    return counts | {"deadlocks": clashes.count("40P01"), "clashes": clashes.count("40001")}


COUNTED = ("lines", "applied", "stale", "ignored", "repeated", "failed")


def _replay_until_told(ingest: Any) -> int:
    """Rounds until standard input ends."""
    rounds = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        replay(ingest, at_once=20)
        rounds += 1
    return rounds


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))) + "\n")
