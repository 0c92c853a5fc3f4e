"""Several processes write to one database at the same time, and it ends as if one had."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .crash import lives, undisturbed
from .ground import dump, postgres, same, sqlite_file
from .life import Raw
from .processes import Process, nursery
from .proof import Disproved, Figures, holds
from .serving import installation

BATCHES = (1, 3, 10)


def receivers(scale: int) -> Figures:
    """Two processes are fed ``scale`` events in opposite orders while a third replays."""
    events = _events(scale, seed=3)
    url = postgres().database()
    told, replays = feed(url, [events, events[::-1]], replaying=True)
    _check(url, events, told, each=len(events) * 2)
    return {
        "events": len(events),
        "receivers": 2,
        "taken": _sum(told, "applied") + _sum(told, "stale") + _sum(told, "ignored"),
        "repeated": _sum(told, "repeated"),
        "replays meanwhile": replays["replays"],
        "transactions tried again": sum(
            each["deadlocks"] + each["clashes"] for each in (*told, replays)
        ),
        "of these deadlocks": sum(each["deadlocks"] for each in (*told, replays)),
        "errors that came out": 0,
        "differing rows": 0,
    }


def processes_sqlite(scale: int) -> Figures:
    """``scale`` events, shuffled and repeated, split over processes on one SQLite file."""
    with sqlite_file() as url:
        return _split(url, scale)


def processes_postgres(scale: int) -> Figures:
    return _split(postgres().database(), scale)


def _split(url: str, scale: int, processes: int = 3) -> Figures:
    events, rng = _events(scale, seed=4), random.Random(4)
    offered = events + rng.sample(events, len(events) // 2)
    rng.shuffle(offered)
    told, _ = feed(url, [offered[n::processes] for n in range(processes)])
    _check(url, events, told, each=len(offered))
    return {
        "events": len(events),
        "deliveries": len(offered),
        "processes": processes,
        "differing rows": 0,
    }


def _events(scale: int, *, seed: int) -> list[Raw]:
    stream = lives(seed)
    return [next(stream) for _ in range(scale)]


def _check(url: str, events: Sequence[Raw], told: Sequence[dict[str, Any]], *, each: int) -> None:
    holds(_sum(told, "lines") == each, "the processes counted other lines than they were given")
    fates = ("applied", "stale", "ignored", "repeated", "failed")
    holds(sum(_sum(told, fate) for fate in fates) == each, "an outcome was lost")
    holds(_sum(told, "failed") == 0, "events failed")
    taken = each - _sum(told, "repeated")
    holds(taken == len(events), f"{taken} events were taken instead of {len(events)}")
    expected, once = undisturbed(events)
    installed = installation(url)
    try:
        same(dump(installed.store), expected, "written by several, against one")
        with installed.store.reading() as connection:
            seen = connection.exec_driver_sql("SELECT count(*) FROM observations").scalar()
        holds(seen == once, f"{seen} observations are stored instead of {once}")
    finally:
        installed.close()


def feed(
    url: str, shares: Sequence[Sequence[Raw]], *, replaying: bool = False
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Feed each share by a process of its own, all at once; their counts, and the replayer's."""
    with tempfile.TemporaryDirectory(prefix="portside-proof-") as name:
        folder = Path(name)
        stop = folder / "stop"
        replayer = _feeder(folder, url, "replay", str(stop)) if replaying else None
        started = []
        for number, share in enumerate(shares):
            path = folder / f"{number}.json"
            path.write_text(json.dumps(list(share)))
            batch = BATCHES[number % len(BATCHES)]
            started.append(_feeder(folder, url, str(path), str(batch)))
        try:
            told = [_answer(process) for process in started]
        finally:
            stop.touch()
        return told, _answer(replayer) if replayer else {}


def _feeder(folder: Path, url: str, told: str, more: str) -> Process:
    log = folder / f"{Path(told).stem}.log"
    return nursery().start([url, told, more], {}, log, program="feeder")


def _answer(process: Process) -> dict[str, Any]:
    process.wait(6 * 3600)
    try:
        answer: dict[str, Any] = json.loads(process.output.read_text())
    except ValueError:
        raise Disproved(f"A process ended with: {process.log.read_text()[-600:]}") from None
    return answer


def _sum(told: Sequence[dict[str, Any]], name: str) -> int:
    return sum(int(each[name]) for each in told)
