"""Where an object stands at the end of a second, whatever the order inside it.

Events of one second form a trail through states. Its inner order is often undecidable, its end is
not: end = start + Σ after − Σ before, as multisets of whole states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .observations import Observation, State, canonical
from .progress import Progress, progress

Certainty = Literal["proven", "gap", "ambiguous"]

ABSENT = "null"
UNKNOWN = ""


@dataclass(slots=True)
class Seen:
    """An observation with its states spelled once."""

    observation: Observation
    second: int
    before: str | None  # None: the observation says nothing of what was before
    after: str


@dataclass(slots=True)
class Group:
    """Everything seen within one second, or within a few that only make sense together."""

    second: int
    seen: list[Seen]
    start: str = UNKNOWN
    end: str = UNKNOWN
    certainty: Certainty = "proven"
    first: int = 0


class Measure:
    """How far along the states of one object are, by their spelling."""

    def __init__(self, object_type: str, observations: Iterable[Observation]) -> None:
        self._type = object_type
        self._states: dict[str, State | None] = {ABSENT: None}
        self._observations = list(observations)

    def __call__(self, text: str) -> Progress | None:
        if self._observations:
            for o in self._observations:
                self._states[canonical(o.after)] = o.after
                self._states[canonical(o.before)] = o.before
            self._observations = []
        return progress(self._type, self._states[text])

    def farthest(self, candidates: Iterable[str]) -> str | None:
        """The one state beyond all the others; None when there is none or it cannot be told."""
        measured = [(self(text), text) for text in candidates]
        if any(along is None for along, _ in measured):
            return None
        best = max(along for along, _ in measured if along is not None)
        leaders = [text for along, text in measured if along == best]
        return leaders[0] if len(leaders) == 1 else None

    def follows(self, start: str, end: str) -> bool:
        """Whether ``end`` can come after ``start`` without anything missing between them."""
        if start in (UNKNOWN, end):
            return True
        before, after = self(start), self(end)
        return before is not None and after is not None and after >= before


def settle(
    group: Group, start: str, following: Group | None, measure: Measure, *, twins: bool
) -> None:
    """Say where ``group`` ends when it begins at ``start``.

    ``twins``: equal edges may also be one change told twice; a walk over all of them comes first.
    """
    group.start = start
    terminal = [s for s in group.seen if s.observation.kind == "terminal"]
    group.end, group.certainty = (
        _end_of_life(terminal, start)
        if terminal
        else _end_of_second(group.seen, start, following, measure, twins)
    )


def _end_of_life(terminal: list[Seen], start: str) -> tuple[str, Certainty]:
    states = {s.after for s in terminal}
    if len(states) == 1:
        return states.pop(), "proven"
    edges = [(s.before, s.after) for s in terminal if s.before is not None and s.before != s.after]
    found = _trail(edges, UNKNOWN)
    if found is not None and found.end in states:
        return found.end, "proven"
    return (start, "proven") if start in states else (min(states), "ambiguous")


def _end_of_second(
    seen: list[Seen], start: str, following: Group | None, measure: Measure, twins: bool
) -> tuple[str, Certainty]:
    edges = [(s.before, s.after) for s in seen if s.before is not None and s.before != s.after]
    points = {s.after for s in seen if s.before is None or s.before == s.after}
    found = _trail(edges, start)
    if found is None and twins:
        found = _trail(list(dict.fromkeys(sorted(edges))), start)
    ends = {found.end} if found else {after for _, after in edges}
    aside = points - {vertex for edge in edges for vertex in edge}
    if found and not aside:
        return found.end, "proven" if measure.follows(start, found.begin) else "gap"
    candidates = ends | aside
    end = min(candidates) if len(candidates) == 1 else measure.farthest(candidates)
    if end is not None:
        # Edges that make no walk lack one between them, unless the object only moves forward.
        whole = found is not None or not edges or measure(end) is not None
        return end, "proven" if whole and measure.follows(start, end) else "gap"
    if found and found.begin == ABSENT and all(before == ABSENT for before, _ in edges):
        # Creation is first of all, so what else was seen in its second came after it.
        certainty: Certainty = "gap" if len(aside) == 1 else "ambiguous"
        return _choose(aside, [], start, following), certainty
    if found:
        return found.end, "gap"
    return _choose(candidates, edges, start, following), "ambiguous"


class _Trail(NamedTuple):
    begin: str
    end: str


def _trail(edges: Sequence[tuple[str, str]], start: str) -> _Trail | None:
    """Where a walk over all edges begins and ends, if that can be told without their order."""
    if not edges or not _connected(edges):
        return None
    balance: Counter[str] = Counter()
    for before, after in edges:
        balance[after] += 1
        balance[before] -= 1
    surplus = [state for state, n in balance.items() if n > 0]
    deficit = [state for state, n in balance.items() if n < 0]
    if len(surplus) == 1 and balance[surplus[0]] == 1 and len(deficit) == 1:
        return _Trail(deficit[0], surplus[0])
    if not surplus and any(start in edge for edge in edges):
        return _Trail(start, start)
    return None


def _connected(edges: Sequence[tuple[str, str]]) -> bool:
    reached = set(edges[0])
    waiting = list(edges[1:])
    while waiting:
        rest = [edge for edge in waiting if not reached.intersection(edge)]
        if len(rest) == len(waiting):
            return False
        for edge in waiting:
            if reached.intersection(edge):
                reached.update(edge)
        waiting = [edge for edge in rest if not reached.issuperset(edge)]
    return True


def _choose(
    candidates: set[str], edges: Sequence[tuple[str, str]], start: str, following: Group | None
) -> str:
    """Nothing proves it: what the next second starts from, else the farthest one."""
    if following is not None:
        expected = {s.before for s in following.seen if s.before is not None} & candidates
        if len(expected) == 1:
            return expected.pop()
    distance = {start: 0}
    frontier = [start]
    while frontier:
        reached = {b for a, b in edges if a in frontier and b not in distance}
        for state in reached:
            distance[state] = distance[frontier[0]] + 1
        frontier = sorted(reached)
    return min(candidates, key=lambda state: (-distance.get(state, 0), state == start, state))
