"""Sessions that open one page after another, as fast as they are answered."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lib.billing.demo.processes import Child, free_port, python, wait_for
from lib.billing.store import migrate
from lib.billing.store.engine import Store

from ..bulk.world import World
from ..clicks.serving import environment, memory
from ..filled import busiest
from ..shards import processor
from .speaking import Session

SESSIONS: Final = (1, 30, 100)
SECONDS: Final = 20.0
"""For each number of sessions, after every one of them has opened its first page."""

PAGES: Final = (
    "overview",
    "winding-down",
    "failed-payments",
    "plan-mix",
    "invoices",
    "mrr",
    "upgrades",
    "churn",
)


@dataclass(frozen=True)
class Line:
    """``took``: seconds of each rerun. ``opened``: until every session had its first page.
    ``memory``: megabytes when they had ended, before they left. ``busy``: of all cores."""

    sessions: int
    took: tuple[float, ...]
    seconds: float
    opened: float
    memory: float
    kilobytes: float
    busy: float

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    def percentile(self, part: float) -> float:
        return sorted(self.took)[min(len(self.took) - 1, int(part * len(self.took)))]

    @property
    def usual(self) -> float:
        return statistics.median(self.took)


@dataclass(frozen=True)
class Run:
    """``alone``: megabytes of the dashboard before anybody came."""

    database: str
    subscriptions: int
    load: float
    alone: float
    lines: tuple[Line, ...]


def measure(url: str | None, customers: int, say: Callable[[str], None]) -> Run:
    """Over the filled database ``url``, or a SQLite file that is filled first."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="portside-") as name:
        folder = Path(name)
        address = url or f"sqlite:///{folder}/portside.db"
        now, subscriptions = _known(address, None if url else customers)
        with _dashboard(folder, address, now) as (dashboard, process):
            alone = memory(process)
            lines = []
            for count in SESSIONS:
                line = asyncio.run(visited(dashboard, count, lambda: memory(process)))
                say(f"{count} sessions: {line.rate:.1f} reruns/s, {line.memory:,.0f} MB")
                lines.append(line)
        kind = "SQLite" if address.startswith("sqlite") else "PostgreSQL"
        return Run(kind, subscriptions, load, alone, tuple(lines))


async def visited(
    address: str, count: int, held: Callable[[], float], seconds: float = SECONDS
) -> Line:
    """``count`` sessions together, each through `PAGES` from another one on."""
    sizes: list[int] = []
    took: list[float] = []
    async with AsyncExitStack() as leaving:
        sessions = [await leaving.enter_async_context(Session(address)) for _ in range(count)]
        began = time.perf_counter()
        await asyncio.gather(
            *(one.open(PAGES[number % len(PAGES)]) for number, one in enumerate(sessions))
        )
        opened = time.perf_counter() - began
        before, started = processor.machine(), time.perf_counter()

        async def visit(number: int, session: Session) -> None:
            page = number + 1
            while time.perf_counter() - started < seconds:
                asked = time.perf_counter()
                sizes.append(await session.open(PAGES[page % len(PAGES)]))
                took.append(time.perf_counter() - asked)
                page += 1

        await asyncio.gather(*(visit(number, one) for number, one in enumerate(sessions)))
        lasted = time.perf_counter() - started
        busy = processor.machine().since(before).share
        return Line(count, tuple(took), lasted, opened, held(), statistics.mean(sizes) / 1024, busy)


def _known(url: str, customers: int | None) -> tuple[int, int]:
    """The second at which pages are opened, and how many subscriptions there are."""
    store = Store(url)
    try:
        migrate.upgrade(store)
        if customers is not None:
            World(customers).fill(store)
        with store.reading() as connection:
            counted = connection.exec_driver_sql("SELECT count(*) FROM subscriptions")
            return busiest(store), int(counted.scalar_one())
    finally:
        store.close()


@contextmanager
def _dashboard(folder: Path, url: str, now: int) -> Iterator[tuple[str, int]]:
    """Its address and its process."""
    port = free_port(0)
    command = python("-m", "lib.billing.cli", "dashboard", "--port", str(port))
    child = Child.start("dashboard", command, folder / "dashboard.log", environment(url, now))
    try:
        wait_for(f"http://127.0.0.1:{port}/_stcore/health", child, seconds=180)
        yield f"http://127.0.0.1:{port}", child.process.pid
    finally:
        child.stop()
