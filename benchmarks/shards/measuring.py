"""Events fed to one, two and four databases, an ingest process for each."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from ..events import subscription_events
from ..ingest.feeding import ready
from ..peers.server import Server, ours, server
from . import processor
from .routing import routed
from .sizes import Sizes, fed
from .totals import Totals, totals

ROOT: Final = Path(__file__).parents[2]
BATCH: Final = 50
WORLD: Final = 300
"""Customers whose whole lives are fed to see what they take on disk."""

LAYOUTS: Final = ((1, 1), (1, 2), (2, 2), (4, 4))
"""(databases, ingest processes)"""


class Round(NamedTuple):
    """``python``, ``postgres``: seconds of the processor; ``busy``: the share of all cores."""

    rate: float
    python: float
    postgres: float
    busy: float


@dataclass(frozen=True)
class Layout:
    """``rounds``: each fed all events. ``totals``: after the last of them."""

    databases: int
    processes: int
    rounds: tuple[Round, ...]
    totals: Totals

    def usual(self, name: str) -> float:
        return statistics.median(getattr(each, name) for each in self.rounds)


@dataclass
class Run:
    events: int
    load: float
    version: str
    sizes: Sizes
    layouts: list[Layout] = field(default_factory=list)


def measure(customers: int, renewals: int, rounds: int, say: Callable[[str], None]) -> Run:
    """The same events for each layout."""
    events = subscription_events(customers, renewals)
    load = os.getloadavg()[0]
    with server() as made, tempfile.TemporaryDirectory() as folder:
        template = made.database()
        ready(ours(template))
        sizes = fed(ours(made.copy(template)), WORLD)
        run = Run(len(events), load, made.version, sizes)
        for databases, processes in LAYOUTS:
            rounds_of = [
                _round(made, template, events, databases, processes, Path(folder))
                for _ in range(rounds)
            ]
            layout = Layout(
                databases, processes, tuple(one for one, _ in rounds_of), rounds_of[-1][1]
            )
            say(f"{databases} databases, {processes} processes: {layout.usual('rate'):,.0f}/s")
            run.layouts.append(layout)
    if any(layout.totals != run.layouts[0].totals for layout in run.layouts):
        raise RuntimeError("The shards do not come to what one database has.")
    return run


def _round(
    made: Server,
    template: str,
    events: Sequence[dict[str, Any]],
    databases: int,
    processes: int,
    folder: Path,
) -> tuple[Round, Totals]:
    addresses = [made.copy(template) for _ in range(databases)]
    urls = [ours(address) for address in addresses]
    files = []
    for number, part in enumerate(routed(events, processes)):
        files.append(folder / f"shard{number}.jsonl")
        files[-1].write_bytes(b"\n".join(orjson.dumps(event) for event in part))
    workers = [_worker(urls[number % databases], file) for number, file in enumerate(files)]
    try:
        measured = _fed(workers, made.pid(), len(events))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    found = totals(urls)
    for address in addresses:
        made.drop(address)
    return measured, found


def _worker(url: str, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.shards.worker", url, str(file), str(BATCH)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def _fed(workers: Sequence[subprocess.Popen[str]], postmaster: int, events: int) -> Round:
    for worker in workers:
        if worker.stdout is None or worker.stdout.readline() != "ready\n":
            raise RuntimeError("An ingest process did not start.")
    before, postgres = processor.machine(), processor.used(postmaster)
    started = time.perf_counter()
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.write("\n")
            worker.stdin.flush()
    told = [json.loads(worker.stdout.readline()) for worker in workers if worker.stdout]
    seconds = time.perf_counter() - started
    busy = processor.machine().since(before).share
    python = sum(each["cpu"] for each in told)
    return Round(events / seconds, python, processor.used(postmaster) - postgres, busy)
