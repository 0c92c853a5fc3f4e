"""A backfill of a local Stripe's company: at our pace, and as fast as it goes."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lib.billing.config import Settings
from lib.billing.demo.processes import Child, free_port, wait_for
from lib.billing.reading.pace import PER_SECOND
from lib.billing.store import migrate
from lib.billing.store.engine import Store
from lib.billing.sync import BackfillSummary
from lib.billing.wiring import open_installation

from ..peers.server import ours, server
from .recorded import write
from .world import Recorder, local_stripe

ROOT: Final = Path(__file__).parents[2]
ALLOWED: Final = 25.0
FREE: Final = 1e6
"""Requests a second: no pace at all."""


@dataclass(frozen=True)
class Line:
    """``allowed``: seconds that so many requests take at the pace, whoever asks."""

    what: str
    objects: int
    requests: int
    seconds: float
    pace: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def allowed(self) -> float:
        return self.requests / self.pace


@dataclass(frozen=True)
class Run:
    customers: int
    load: float
    lines: tuple[Line, ...]


def measure(customers: int, say: Callable[[str], None]) -> Run:
    load = os.getloadavg()[0]
    recorder = Recorder()
    lines: list[Line] = []

    def note(what: str, pace: float, url: str, api: str) -> None:
        done, seconds = _backfill(url, api, pace)
        if done.failed or done.left_out:
            raise RuntimeError(f"Something was left out: {done.left_out or done.failures[:3]}")
        line = Line(what, sum(done.read.values()), done.requests, seconds, pace)
        say(f"{what}: {line.requests} requests in {seconds:.1f} s, {line.rate:.1f}/s")
        lines.append(line)

    with tempfile.TemporaryDirectory(prefix="portside-") as name, server() as made:
        folder = Path(name)
        with local_stripe(customers, recorder) as running:
            say(f"a local Stripe of {customers:,} customers")
            note("of the sandbox, on the same cores", PER_SECOND, _sqlite(folder, 1), running.url)
        file = folder / "recorded"
        write(recorder.answers, file)
        port = free_port(0)
        command = [sys.executable, "-m", "benchmarks.listing.recorded", str(file), str(port)]
        stripe = Child.start("stripe", command, folder / "log", {"PYTHONPATH": str(ROOT)})
        try:
            _wait(stripe, port, recorder)
            api = f"http://127.0.0.1:{port}"
            postgres = [ours(made.database()) for _ in range(2)]
            note("recorded, into PostgreSQL", PER_SECOND, postgres[0], api)
            note("recorded, into SQLite", PER_SECOND, _sqlite(folder, 2), api)
            note("recorded, into PostgreSQL, without a pace", FREE, postgres[1], api)
            note("recorded, into SQLite, without a pace", FREE, _sqlite(folder, 3), api)
        finally:
            stripe.stop()
    return Run(customers, load, tuple(lines))


def _wait(stripe: Child, port: int, recorder: Recorder) -> None:
    """Until the first thing that was recorded is answered."""
    wait_for(f"http://127.0.0.1:{port}{next(iter(recorder.answers))}", stripe, seconds=60)


def _sqlite(folder: Path, number: int) -> str:
    return f"sqlite:///{folder}/portside{number}.db"


def _backfill(url: str, api: str, pace: float) -> tuple[BackfillSummary, float]:
    store = Store(url)
    try:
        migrate.upgrade(store)
    finally:
        store.close()
    installation = open_installation(
        Settings.load(
            {
                "PORTSIDE_DATABASE_URL": url,
                "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
                "PORTSIDE_STRIPE_API_BASE": api,
                "STRIPE_API_KEY": "rk_test_x",
            }
        )
    )
    try:
        began = time.perf_counter()
        done = installation.backfill(per_second=pace)
        return done, time.perf_counter() - began
    finally:
        installation.close()
