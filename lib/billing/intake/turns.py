"""Did an event change what its object is, at its turn? Tells ``applied`` from ``stale``.

Events are judged one by one in the order in which they are stored, whatever batch they come in, so
that the counts of an import do not depend on the size of its batches. The projection itself does
not look at this: it is folded from the whole history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from ..domain.notices import standing
from ..domain.observations import NOTICE, Observation, State
from ..domain.trail import NEIGHBOURHOOD, ObjectFold, fold_object


@dataclass(slots=True)
class _Known:
    """What an object is, and what was seen of it too near its newest second to be in order.

    ``begun``: what it was before those, made into an observation where they have to be folded.
    """

    newest: int
    state: State | None
    ended: bool
    near: list[Observation]
    begun: Callable[[], Observation] | None = None

    def fold(self) -> State | None:
        start = [] if self.begun is None else [self.begun()]
        return fold_object([*start, *self.near]).state


class Turns:
    """What each object is, by the order in which its observations were stored."""

    def __init__(self, stored: Iterable[Observation] = ()) -> None:
        self._known: dict[tuple[str, str], _Known] = {}
        for observation in stored:
            self.take(observation)

    def stand(self, folded: ObjectFold) -> None:
        """Take in an object as its customer's standing has it."""
        key = (folded.object_type, folded.object_id)
        begun = partial(_as_it_stands, folded)
        self._known[key] = _Known(folded.last_second, folded.state, folded.terminal, [], begun)

    def take(self, seen: Observation) -> bool:
        """Take the next observation; True when the object is now something else than before."""
        key = (seen.object_type, seen.object_id)
        terminal = seen.kind == "terminal"
        known = self._known.get(key)
        if seen.object_type == NOTICE:
            return self._hear(key, seen)
        if known is None:
            self._known[key] = _Known(seen.second, seen.after, terminal, [seen])
            return True
        later = seen.second > known.newest + NEIGHBOURHOOD
        earlier = seen.second < known.newest - NEIGHBOURHOOD
        if not terminal and (known.ended or earlier or (later and seen.kind == "created")):
            return False
        before = known.state
        if later and not terminal:
            if known.near:
                known.begun = partial(_as_it_was, known.near[-1], before)
            known.state, known.near = seen.after, [seen]
        else:
            known.near.append(seen)
            known.state = known.fold()
        known.newest = max(known.newest, seen.second)
        known.ended = known.ended or terminal
        return known.state != before

    def _hear(self, key: tuple[str, str], seen: Observation) -> bool:
        """Take a notice; True when all of them together now say something else."""
        before = self._known.get(key)
        near = [*before.near, seen] if before else [seen]
        state = standing(near)
        self._known[key] = _Known(seen.second, state, False, near)
        return before is None or before.state != state


def _as_it_was(last: Observation, state: State | None) -> Observation:
    return replace(last, kind="point", before=None, after=state)


def _as_it_stands(folded: ObjectFold) -> Observation:
    return Observation(
        event_id=folded.steps[-1].event_id,
        object_type=folded.object_type,
        object_id=folded.object_id,
        customer_id=None,
        second=folded.last_second,
        kind="point",
        before=None,
        after=folded.state,
        effective=folded.last_second,
    )
