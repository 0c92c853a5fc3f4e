"""Prune: drops the raw bodies of events that are older than the retention period.

What was observed in them stays, so that every row can still be folded anew. Outgoing events of that
age go with them once every endpoint has taken them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .domain.errors import WrongUsage
from .domain.times import DAY
from .settings.business import SHORTEST_RETENTION
from .store import deliveries, retention
from .store.engine import Store

LONGEST: Final = 36_500
"""Days: beyond a century a day has no name."""

AT_ONCE: Final = 500
"""Rows a transaction: webhooks wait that long on SQLite."""

REST: Final = 0.05
"""Seconds between two transactions that dropped something: whoever waits for SQLite's one lock asks
again only now and then, and has to find it free."""

SWEEP: Final = 7 * DAY
"""Seconds after which a round begins at the oldest row again: an event that failed when the others
of its age were dropped may have been settled since."""


@dataclass(frozen=True, slots=True)
class PruneSummary:
    """``size``: bytes as they were stored, compressed. ``before``: unix seconds."""

    bodies: int
    size: int
    before: int
    dry_run: bool


def prune(
    store: Store,
    *,
    now: int,
    days: int,
    dry_run: bool = False,
    resume: bool = False,
    progress: Callable[[str], None] = lambda _: None,
    at_once: int = AT_ONCE,
    stopped: threading.Event | None = None,
) -> PruneSummary:
    """Drop the bodies of settled events received more than ``days`` ago.

    ``resume``: go on where the last round ended, unless a whole one is due. ``stopped`` ends it
    after the transaction under way. Running it again is harmless, and so is losing it half way.
    Raises WrongUsage for less than thirty days or more than a century, DatabaseUnavailable.
    """
    before = now - _checked(days) * DAY
    if dry_run:
        with store.reading() as connection:
            return PruneSummary(*retention.prunable(connection, before), before, dry_run=True)
    stopped = stopped or threading.Event()
    place = _beginning(store, now, resume=resume)
    bodies = size = 0
    while not stopped.is_set():
        with store.writing() as connection:
            window = retention.prune(connection, before, at_once, place)
            if not window.seen:
                retention.keep_end(connection, now)
                break
            retention.keep_place(connection, window.place)
        place, bodies, size = window.place, bodies + window.bodies, size + window.size
        if window.bodies:
            progress(f"Dropped {bodies:,} bodies")
            stopped.wait(REST)
    while not stopped.is_set():
        with store.writing() as connection:
            if not deliveries.prune(connection, before, at_once):
                break
    return PruneSummary(bodies, size, before, dry_run=False)


def _checked(days: int) -> int:
    if days < SHORTEST_RETENTION:
        raise WrongUsage(
            f"Bodies are kept {SHORTEST_RETENTION} days at least: "
            "Stripe sends events again that long, and retries need them."
        )
    if days > LONGEST:
        raise WrongUsage(f"Nothing is {days:,} days old: give {LONGEST:,} at most.")
    return days


def _beginning(store: Store, now: int, *, resume: bool) -> retention.Place:
    """Where to begin: where the last round ended, or at the oldest row once that is due."""
    with store.reading() as connection:
        kept = retention.kept(connection)
    # A clock that was put back has not been there yet.
    if resume and kept.swept_at is not None and 0 <= now - kept.swept_at < SWEEP:
        return kept.place
    with store.writing() as connection:
        retention.keep_sweep(connection, now)
    return retention.START


class Pruner:
    """The job of `serve`: a round an hour, which begins where the last one ended."""

    def __init__(self, store: Store, clock: Callable[[], int], *, days: int) -> None:
        self._store = store
        self._clock = clock
        self._days = days
        self._stopped = threading.Event()

    def round(self) -> PruneSummary:
        return prune(
            self._store, now=self._clock(), days=self._days, resume=True, stopped=self._stopped
        )

    def stop(self) -> None:
        """End after the transaction under way."""
        self._stopped.set()
