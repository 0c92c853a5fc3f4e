"""The passing of time: everything due is done in time order, each at its own second."""

from __future__ import annotations

from lib.sandbox import due
from lib.sandbox.core import Sandbox

BATCH = 4_000
"""Objects and events after which a long run writes to the store."""


def run_until(sandbox: Sandbox, unix: int) -> int:
    """Do everything due up to ``unix`` and leave the clock there; how many things were done.

    The clock never goes back: for a second that has passed nothing happens. Every BATCH
    writes are one transaction, so a long history never sits in memory.
    """
    done = 0
    while True:
        with sandbox.transaction():
            finished, count = _run_batch(sandbox, unix, None)
            done += count
            if finished:
                if unix > sandbox.clock.running():
                    sandbox.move_clock(unix)
                return done
            sandbox.storage.spill()


def catch_up(sandbox: Sandbox) -> None:
    """Do what the running clock has made due."""
    now = sandbox.clock.running()
    with sandbox.lock:
        next_at = sandbox.due.next_at()
        if next_at is None or next_at > now:
            return
    while True:
        with sandbox.transaction():
            finished, _ = _run_batch(sandbox, now, None)
        if finished:
            return


def run_test_clock(sandbox: Sandbox, clock_id: str, unix: int) -> None:
    """Do everything due on a test clock up to ``unix``, inside the caller's transaction."""
    while not _run_batch(sandbox, unix, clock_id)[0]:
        sandbox.storage.spill()


def _run_batch(sandbox: Sandbox, unix: int, clock_id: str | None) -> tuple[bool, int]:
    """(whether everything is done, how many things were)."""
    count = 0
    while sandbox.storage.pending() < BATCH:
        found = sandbox.due.pop(unix, clock_id)
        if found is None:
            return True, count
        second, obj = found
        with sandbox.clock.pinned(second):
            due.DUTIES[obj["object"]].act(sandbox, obj)
        stored = sandbox.peek(obj["object"], obj["id"])
        if stored is not None:
            sandbox.due.follow(stored)
        count += 1
    return False, count
