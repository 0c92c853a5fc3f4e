"""Did an event change what its object is, at its turn? Tells ``applied`` from ``stale``.

Events are judged one by one in the order in which they are stored, whatever batch they come in, so
that the counts of an import do not depend on the size of its batches. The projection itself does
not look at this: it is folded from the whole history.
"""

from __future__ import annotations

from collections.abc import Iterable

from .domain.observations import Observation, State


class Turns:
    """What each object is, by the order in which its observations were stored."""

    def __init__(self, stored: Iterable[Observation] = ()) -> None:
        self._newest: dict[tuple[str, str], tuple[int, State | None, bool]] = {}
        for observation in stored:
            self.take(observation)

    def take(self, seen: Observation) -> bool:
        """Take the next observation; True when the object is now something else than before."""
        key = (seen.object_type, seen.object_id)
        terminal = seen.kind == "terminal"
        known = self._newest.get(key)
        if known is None:
            self._newest[key] = (seen.second, seen.after, terminal)
            return True
        second, state, ended = known
        if ended or (not terminal and (seen.second < second or seen.kind == "created")):
            return False
        self._newest[key] = (max(second, seen.second), seen.after, terminal)
        return seen.after != state or terminal
