"""A backfill that is killed in the middle goes on, ends complete, and keeps to Stripe's limits."""

from __future__ import annotations

import bisect
import json
import math
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from lib.billing.reading.pace import PER_SECOND
from lib.billing.store import tables
from lib.billing.store.engine import Store
from lib.sandbox.core import Sandbox
from lib.sandbox.testing import RunningSandbox, running_sandbox
from lib.sandbox.world.seed import build
from tests.sandbox.worlds import MONTHS, NOW

from .ground import dump, same, sqlite_file
from .processes import Process, nursery
from .proof import Disproved, Figures, holds
from .serving import environment, installation

KILLS = 3
ALLOWED = 25
"""Requests a second that Stripe's documentation allows: each endpoint, and test mode as a whole."""

ALLOWANCE = 10_000
"""The least that Stripe lets anyone read in a month; else 500 reads a transaction."""

LARGE = 500
"""Customers from which on a world is younger: what is proven is the reading, not the billing."""

LISTED = {"customer": tables.customers, "subscription": tables.subscriptions}
LISTED |= {"invoice": tables.invoices}


class Counted:
    """An ASGI application around the sandbox's that notes when it was asked for what."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._asked = threading.Condition()

    def around(self, app: Any) -> Any:
        async def counting(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and scope["path"].startswith("/v1/"):
                with self._asked:
                    self.times.append(time.monotonic())
                    self._asked.notify_all()
            await app(scope, receive, send)

        return counting

    def wait_for(self, requests: int, process: Process) -> None:
        """Return when so many requests were made. Raises Disproved when they never will be."""
        with self._asked:
            while len(self.times) < requests:
                self._asked.wait(0.2)
                if not process.alive:
                    raise Disproved(f"The backfill ended early: {process.log.read_text()[-400:]}")

    def most_in_a_second(self) -> int:
        return max(
            number + 1 - bisect.bisect_left(self.times, at - 1.0)
            for number, at in enumerate(self.times)
        )


def backfill(scale: int) -> Figures:
    """Of a world of ``scale`` customers."""
    sandbox = Sandbox(now=NOW, seed=7, frozen=True)
    months = MONTHS if scale < LARGE else 4
    build(sandbox, customers=scale, months=months, seed=7, now=NOW, full_days=1)
    counted = Counted()
    with (
        tempfile.TemporaryDirectory(prefix="portside-proof-") as folder,
        sqlite_file() as url,
        sqlite_file() as quiet_url,
        running_sandbox(sandbox=sandbox, wrap=counted.around) as running,
    ):
        runs = _Runs(running, Path(folder))
        expected = _pages(sandbox)
        started = time.monotonic()
        for kill in range(1, KILLS + 1):
            process = runs.start(url, f"killed{kill}")
            counted.wait_for(expected * kill // (KILLS + 1) + kill, process)
            process.end(signal.SIGKILL)
        told = runs.finish(url, "last")
        seconds, requests = time.monotonic() - started, len(counted.times)
        most = counted.most_in_a_second()
        quiet = runs.finish(quiet_url, "quiet")
        figures = _compare(sandbox, url, quiet_url)
    holds(told["resumed"] and told["runs"] >= 2, "the last run did not go on from where it was")
    holds(told["failed"] == 0 and not told["left_out"], f"something was left out: {told}")
    holds(told["read_in_all"] == quiet["read_in_all"], "the counts in all are not what there is")
    holds(most <= ALLOWED, f"{most} requests within one second; Stripe allows {ALLOWED}")
    sandbox.close()
    return {
        **figures,
        "kills": KILLS,
        "requests": requests,
        "of an undisturbed run": quiet["requests_in_all"],
        "most requests within a second": f"{most} (paced to {PER_SECOND:.0f}, allowed {ALLOWED})",
        "requests a second over all": f"{requests / seconds:.1f}",
        "share of the least monthly allowance": f"{requests / ALLOWANCE:.1%} of {ALLOWANCE:,}",
        "missing objects": 0,
        "differing rows": 0,
    }


class _Runs:
    def __init__(self, running: RunningSandbox, folder: Path) -> None:
        self._stripe = {"STRIPE_API_KEY": "rk_test_x", "PORTSIDE_STRIPE_API_BASE": running.url}
        self._folder = folder

    def start(self, url: str, name: str) -> Process:
        arguments = ["backfill", "--format", "json"]
        return nursery().start(
            arguments, environment(url, **self._stripe), self._folder / f"{name}.log"
        )

    def finish(self, url: str, name: str) -> dict[str, Any]:
        """Run to the end; what it tells."""
        process = self.start(url, name)
        process.wait(6 * 3600)
        try:
            told: dict[str, Any] = json.loads(process.output.read_text())
        except ValueError:
            raise Disproved(f"The backfill failed: {process.log.read_text()[-400:]}") from None
        return told


def _pages(sandbox: Sandbox) -> int:
    """How many pages the kinds have that matter."""
    return sum(math.ceil(len(list(sandbox.storage.rows(kind))) / 100) for kind in LISTED)


def _compare(sandbox: Sandbox, url: str, quiet_url: str) -> Figures:
    figures: Figures = {}
    killed, quiet = installation(url), installation(quiet_url)
    try:
        same(dump(killed.store), dump(quiet.store), "killed and resumed, against undisturbed")
        for kind, table in LISTED.items():
            there = {object_id for object_id, _ in sandbox.storage.rows(kind)}
            missing = there - _ids(killed.store, table)
            holds(not missing, f"{len(missing)} {kind}s are missing: {sorted(missing)[:3]}")
            figures[f"{kind}s"] = len(there)
    finally:
        killed.close()
        quiet.close()
    return figures


def _ids(store: Store, table: Any) -> set[str]:
    key = next(iter(table.primary_key.columns)).name
    with store.reading() as connection:
        found = connection.exec_driver_sql(f"SELECT {key} FROM {table.name}")
        return {str(row[0]) for row in found}
