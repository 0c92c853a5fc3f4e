"""The database is dropped under load, and everything is there again: restored, read and folded."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy.engine import make_url

from lib.sandbox.core import Sandbox
from lib.sandbox.testing import running_sandbox
from lib.sandbox.world.seed import build
from tests.sandbox.worlds import NOW, every_event

from .ground import Tables, dump, postgres, same
from .processes import ROOT, nursery
from .proof import Disproved, Figures, holds
from .serving import Sender, Served, environment, installation

DAY: Final = 86_400
LATE: Final = 12 * DAY
"""The last of this many days before now arrive over HTTP; what is older was taken in before."""

STEPS: Final = (
    ["db", "upgrade"],
    ["reconcile", "--apply", "--format", "json"],
    ["backfill", "--format", "json"],
    ["replay"],
)
"""What docs/runbook.md says to do once the backup is back."""


def restore(scale: int) -> Figures:
    """Of a company of ``scale`` customers."""
    sandbox = Sandbox(now=NOW, seed=7, frozen=True)
    build(sandbox, customers=scale, months=3 if scale < 500 else 6, seed=7, now=NOW)
    events = sorted(every_event(sandbox), key=lambda event: event["created"])
    early = [event for event in events if event["created"] < NOW - LATE]
    late = events[len(early) :]
    with (
        tempfile.TemporaryDirectory(prefix="portside-proof-") as name,
        running_sandbox(sandbox=sandbox) as running,
    ):
        stripe = {
            "STRIPE_API_KEY": "rk_test_restore",
            "PORTSIDE_STRIPE_API_BASE": running.url,
            "PORTSIDE_NOW": f"{running.url}/_sandbox/clock",
        }
        folder = Path(name)
        expected, kept = _undisturbed(folder, stripe, events)
        drill = _Drill(folder, stripe)
        try:
            figures = drill.run(early, late)
            found, there = _looked_at(drill.url)
        finally:
            drill.end()
    sandbox.close()
    holds(kept <= there, f"{len(kept - there)} events are not there again")
    same(found, expected, "restored, against an undisturbed one")
    return {
        "events": len(events),
        **figures,
        "events missing afterwards": 0,
        "differing rows": 0,
    }


def _undisturbed(
    folder: Path, stripe: dict[str, str], events: Sequence[dict[str, Any]]
) -> tuple[Tables, set[str]]:
    """What the same events and the same steps give where nothing happens."""
    url = postgres().database()
    _take(url, events)
    for step in STEPS:
        _done(folder, "quiet", url, stripe, step)
    return _looked_at(url)


def _take(url: str, events: Sequence[dict[str, Any]]) -> None:
    installed = installation(url)
    try:
        summary = installed.ingest.apply(events, "webhook")
        holds(summary.failed == 0, f"{summary.failed} events failed")
    finally:
        installed.close()


def _looked_at(url: str) -> tuple[Tables, set[str]]:
    """Every derived row, and the events that were taken in."""
    installed = installation(url)
    try:
        with installed.store.reading() as connection:
            rows = connection.exec_driver_sql(
                # What is ignored changes nothing, and is not asked for again.
                "SELECT event_id, state FROM inbox "
                "WHERE event_id LIKE 'evt%%' AND state <> 'ignored'"
            ).fetchall()
        failed = [row[0] for row in rows if row[1] == "failed"]
        holds(not failed, f"{len(failed)} events failed: {failed[:3]}")
        return dump(installed.store), {str(row[0]) for row in rows}
    finally:
        installed.close()


def _done(
    folder: Path, name: str, url: str, stripe: dict[str, str], arguments: Sequence[str]
) -> str:
    """What a command printed. Raises Disproved when it did not come to its end."""
    log = folder / f"{name}-{arguments[0]}.log"
    process = nursery().start(list(arguments), environment(url, **stripe), log)
    process.wait(6 * 3600)
    said = log.read_text()
    # It ends with 1 too when it found something, as reconcile is to.
    if re.search(r"^SystemExit: [01]$", said, re.MULTILINE) is None:
        raise Disproved(f"{' '.join(arguments)} failed: {said[-600:]}")
    return process.output.read_text()


class _Drill:
    def __init__(self, folder: Path, stripe: dict[str, str]) -> None:
        self.url = postgres().database()
        self._folder = folder
        self._stripe = stripe
        self._backups = folder / "backups"
        self._served = Served(self.url, folder / "log")
        self._sender: Sender | None = None

    def run(self, early: Sequence[dict[str, Any]], late: Sequence[dict[str, Any]]) -> Figures:
        _take(self.url, early)
        self._served.start()
        self._served.wait_until_ready()
        backup = self._back_up()
        sender = Sender(self._served.url, _paced(late), 5)
        self._sender = sender
        sender.start()
        self._wait_for(sender, len(late) // 2)
        started = time.monotonic()
        lost = self._drop(sender)
        self._restore(backup)
        restored = time.monotonic() - started
        self._served.wait_until_ready()
        answering = time.monotonic() - started
        told = {
            step[0]: _done(self._folder, "drill", self.url, self._stripe, step) for step in STEPS
        }
        whole = time.monotonic() - started
        sender.finish()
        taken = json.loads(told["reconcile"])
        return {
            "taken in before the backup": len(early),
            "sent while it went on": len(late),
            "acknowledged, then lost with the database": lost,
            "answers 503 meanwhile": sender.counts["answered 503"],
            "differences that reconcile found and repaired": int(taken["repaired"]),
            "seconds until the backup was back": f"{restored:.1f}",
            "seconds until deliveries were taken again": f"{answering:.1f}",
            "seconds until everything was there again": f"{whole:.1f}",
        }

    def end(self) -> None:
        if self._sender is not None:
            self._sender.give_up()
        self._served.end(signal.SIGTERM)

    def _back_up(self) -> Path:
        ended = subprocess.run(
            [ROOT / "deploy" / "backup.sh", self._backups],
            env=self._server,
            capture_output=True,
            text=True,
            check=False,
        )
        holds(ended.returncode == 0, f"backup.sh failed: {ended.stderr[-400:]}")
        return Path(ended.stdout.strip())

    def _drop(self, sender: Sender) -> int:
        """Drop the database under its users; how many acknowledged events the backup lacks."""
        with _maintenance(self.url) as connection:
            connection.execute(f"DROP DATABASE {make_url(self.url).database} WITH (FORCE)")
        time.sleep(0.5)
        return len(sender.acknowledged)

    def _restore(self, backup: Path) -> None:
        """Into a database of another name first, so that nobody writes into half of one."""
        name = str(make_url(self.url).database)
        with _maintenance(self.url) as connection:
            connection.execute(f"CREATE DATABASE {name}_new")
        ended = subprocess.run(
            [
                *("pg_restore", "--no-owner", "--exit-on-error", "--jobs=2"),
                *("--dbname", f"{name}_new", str(backup)),
            ],
            env=self._server,
            capture_output=True,
            text=True,
            check=False,
        )
        holds(ended.returncode == 0, f"pg_restore failed: {ended.stderr[-400:]}")
        with _maintenance(self.url) as connection:
            connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")

    @property
    def _server(self) -> dict[str, str]:
        """What PostgreSQL's own programs need to find the database."""
        url = make_url(self.url)
        return {
            "PATH": f"{postgres().programs}:{os.environ['PATH']}",
            "PGHOST": str(url.query["host"]),
            "PGUSER": str(url.username),
            "PGDATABASE": str(url.database),
        }

    @staticmethod
    def _wait_for(sender: Sender, acknowledged: int) -> None:
        deadline = time.monotonic() + 600
        while len(sender.acknowledged) < acknowledged:
            if time.monotonic() > deadline:
                raise Disproved("The deliveries do not get through.")
            time.sleep(0.02)


def _paced(events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """``events``, no faster than Stripe would: the load is to go on while everything is away."""
    for event in events:
        time.sleep(0.004)
        yield event


@contextmanager
def _maintenance(url: str) -> Iterator[psycopg.Connection[Any]]:
    made = make_url(url).set(database="postgres", drivername="postgresql")
    with psycopg.connect(made.render_as_string(False), autocommit=True) as connection:
        yield connection
