"""The plain case of a history, which is nearly every one: what was seen lies clear of what came
before it, and says that it comes next. Nothing has to be proven then, and no state to be spelled.

Where this gives an answer it is the one that `lib.billing.domain.second` proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from .observations import Observation, State
from .progress import progress

NEIGHBOURHOOD: Final = 2
"""Seconds within which two seconds may be one trail: clocks of different machines differ."""


class Reached(NamedTuple):
    """The object became ``state`` at ``effective`` by what was seen."""

    seen: Observation
    effective: int
    state: State | None


def in_line(
    seen: Sequence[Observation], state: State | None, second: int, effective: int
) -> list[Reached] | None:
    """The changes that ``seen`` makes to an object that was ``state`` since ``effective``, and was
    last seen in ``second``; None when it is not in line. ``seen``: sorted, each event once."""
    made: list[Reached] = []
    last = len(seen) - 1
    for number, o in enumerate(seen):
        if o.second <= second + NEIGHBOURHOOD or o.second < effective or o.kind == "created":
            return None
        at = o.second
        if o.kind == "terminal":
            at = o.effective
            if number < last or at < effective:
                return None
        elif o.kind == "edge":
            if o.before is None or o.before != state:
                return None
        elif o.after != state and not _moves_on(o, state):
            return None
        if o.after != state:
            state, effective = o.after, at
            made.append(Reached(o, effective, state))
        second = o.second
    return made


def _moves_on(seen: Observation, state: State | None) -> bool:
    """Whether an object of its type can be what was seen after ``state`` without anything between;
    see `lib.billing.domain.progress`."""
    before, after = progress(seen.object_type, state), progress(seen.object_type, seen.after)
    return before is not None and after is not None and after >= before
