"""Which jobs there are, and how often each comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .job import Job

EVERY: Final[dict[str, float]] = {
    "follow": 3.0,  # whether another catalogue was applied: one row is read
    "refold": 3.0,
    "requests": 2.0,  # somebody waits for it before a page
    "deliver": 2.0,  # the product waits to hear of it
    "enrich": 3.0,
    "notice": 10.0,
    "drain": 15.0,
    "reread": 15.0,
    "reconcile": 60.0,  # how often it is asked whether one is due
    "notices": 15.0,  # what is due to be sent
    "alerts": 30.0,
    "digest": 60.0,  # how often it is asked whether one is due
    "audit": 300.0,  # how often it is asked whether one is due
    "prune": 3_600.0,
    "tidy": 3_600.0,
    "portal": 21_600.0,  # at the start, and four times a day
}
"""Seconds between rounds, in the order in which jobs are shown."""

EVERYWHERE: Final = frozenset({"follow"})
"""What each of several processes does for itself."""


def jobs_of(
    *, stop: Callable[[], None] = lambda: None, **rounds: Callable[[], object] | None
) -> tuple[Job, ...]:
    """The jobs that this installation can run: each round by its job's name, None where it cannot.

    ``stop`` ends what may be long in any of them. Raises KeyError for a name that is not in the
    table.
    """
    named = {name: (EVERY[name], round_) for name, round_ in rounds.items()}
    return tuple(
        Job(name, named[name][0], round_, stop, everywhere=name in EVERYWHERE)
        for name in EVERY
        if name in named and (round_ := named[name][1]) is not None
    )
