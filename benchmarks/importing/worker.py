"""One import or replay in a process of its own: ``import URL FILE`` or ``replay URL``, what it took
as JSON on standard output."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lib.billing.import_file import import_file
from lib.billing.replay import replay
from lib.billing.wiring import Installation

from ..ingest.feeding import opened


def main() -> None:
    what, url, *file = sys.argv[1:]
    installation = opened(url)
    marks: list[tuple[int, float]] = []
    started = time.perf_counter()

    def note(said: str) -> None:
        if said.endswith("taken in") or said.startswith("Folded"):
            number = next(word for word in said.split() if word[0].isdecimal())
            marks.append((int(number.replace(",", "")), time.perf_counter() - started))

    done = _imported(installation, Path(*file), note) if file else _replayed(installation, note)
    seconds = time.perf_counter() - started
    cpu = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    installation.close()
    told = {"what": what, "done": done, "seconds": seconds, "cpu": cpu, "marks": marks[::10]}
    told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told["readers"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps(told))  # noqa: T201


def _imported(installation: Installation, file: Path, note: Callable[[str], None]) -> int:
    with file.open("rb") as lines:
        summary = import_file(installation.ingest, lines, progress=note)
    if not summary.clean:
        raise RuntimeError(f"Not everything was imported: {summary.failures[:3]}")
    return summary.applied + summary.stale


def _replayed(installation: Installation, note: Callable[[str], None]) -> int:
    summary = replay(installation.ingest, progress=note)
    if summary.batches_changed:
        raise RuntimeError("A replay changed something.")
    return summary.customers


if __name__ == "__main__":
    main()
