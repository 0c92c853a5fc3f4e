"""One thing that `serve` does by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """``round`` is short, harmless to repeat and to lose half way; what is left waits for the next.

    ``every``: seconds from the end of one round to the beginning of the next. ``stop``: asks a long
    round, from another thread, to end early. ``everywhere``: it is about the process, so each of
    several does it, without taking turns.
    """

    name: str
    every: float
    round: Callable[[], object]
    stop: Callable[[], None] = lambda: None
    everywhere: bool = False
