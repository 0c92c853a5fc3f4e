"""Prune: drops the raw bodies of events that are older than the retention period.

What was observed in them stays, so that every row can still be folded anew. Outgoing events of that
age go with them once every endpoint has taken them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .domain.errors import WrongUsage
from .domain.times import DAY
from .settings.business import SHORTEST_RETENTION
from .store import deliveries, retention
from .store.engine import Store

LONGEST = 36_500
"""Days: beyond a century a day has no name."""

AT_ONCE = 1_000
"""Bodies a transaction: webhooks wait that long on SQLite."""


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
    progress: Callable[[str], None] = lambda _: None,
    at_once: int = AT_ONCE,
) -> PruneSummary:
    """Drop the bodies of settled events received more than ``days`` ago.

    Raises WrongUsage for less than thirty days or more than a century, DatabaseUnavailable;
    running it again is harmless.
    """
    if days < SHORTEST_RETENTION:
        raise WrongUsage(
            f"Bodies are kept {SHORTEST_RETENTION} days at least: "
            "Stripe sends events again that long, and retries need them."
        )
    if days > LONGEST:
        raise WrongUsage(f"Nothing is {days:,} days old: give {LONGEST:,} at most.")
    before = now - days * DAY
    with store.reading() as connection:
        bodies, size = retention.prunable(connection, before)
    done, place = 0, (-1, "")
    while bodies and not dry_run:
        with store.writing() as connection:
            dropped, place = retention.prune(connection, before, at_once, place)
        if not dropped:
            break
        done += dropped
        progress(f"Dropped {done:,} of {bodies:,} bodies")
    while not dry_run:
        with store.writing() as connection:
            if not deliveries.prune(connection, before, at_once):
                break
    return PruneSummary(bodies if dry_run else done, size, before, dry_run)
