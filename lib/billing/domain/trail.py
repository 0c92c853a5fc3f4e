"""What became of one object, from whatever was seen of it in whatever order.

Events of one second form a trail through states. The order inside the second is often
undecidable, its end is not: end = start + Σ after − Σ before, as multisets of whole states.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .observations import Observation, State, canonical

Certainty = Literal["proven", "gap", "ambiguous"]

ABSENT = "null"
UNKNOWN = ""
NEIGHBOURHOOD = 2
"""Seconds within which two seconds may be one trail: clocks of different machines differ."""


@dataclass(frozen=True, slots=True)
class Step:
    """From ``effective`` on the object is ``state``; ``event_id`` brought it there."""

    second: int
    effective: int
    state: State | None
    event_id: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class ObjectFold:
    """One object's whole known history. ``steps`` is never empty."""

    object_type: str
    object_id: str
    steps: tuple[Step, ...]
    origin: State | None  # what it was before the first step, where an event says so
    born: bool  # its creation was seen
    terminal: bool
    gaps: int  # seconds before which something is missing
    last_second: int
    ambiguous: bool  # what it is now could not be proven

    @property
    def state(self) -> State | None:
        return self.steps[-1].state


@dataclass(slots=True)
class _Seen:
    """An observation with its states spelled once."""

    observation: Observation
    second: int
    before: str | None  # None: the observation says nothing of what was before
    after: str


@dataclass(slots=True)
class _Group:
    """Everything seen within one second, or within a few that only make sense together."""

    second: int
    seen: list[_Seen]
    start: str = UNKNOWN
    end: str = UNKNOWN
    certainty: Certainty = "proven"
    first: int = 0


def fold_object(observations: Sequence[Observation]) -> ObjectFold:
    """Fold all that was seen of one object; any order and any repetition give the same answer."""
    unique = {o.event_id: o for o in sorted(observations, key=lambda o: (o.second, o.event_id))}
    groups = _groups(unique.values())
    resolved = _resolve(groups)
    first = next(iter(unique.values()))
    steps = _steps(resolved)
    return ObjectFold(
        object_type=first.object_type,
        object_id=first.object_id,
        steps=steps,
        origin=_origin(resolved[0]),
        born=any(o.kind == "created" for o in unique.values()),
        terminal=any(o.kind == "terminal" for o in unique.values()),
        gaps=sum(group.certainty == "gap" for group in resolved),
        last_second=max(o.second for o in unique.values()),
        ambiguous=resolved[-1].certainty == "ambiguous",
    )


def _groups(observations: Iterable[Observation]) -> list[_Group]:
    """By second; creation before everything and the end after it, whatever their seconds."""
    every = list(observations)
    first = min(o.second for o in every)
    ends = [o.second for o in every if o.kind == "terminal"]
    by_second: dict[int, list[_Seen]] = defaultdict(list)
    for o in every:
        second = first if o.kind == "created" else o.second
        if ends and o.kind != "terminal":
            second = min(second, min(ends))
        before = ABSENT if o.kind == "created" else None
        if o.before is not None and o.kind != "point":
            before = canonical(o.before)
        by_second[second].append(_Seen(o, second, before, canonical(o.after)))
    return [_Group(second, by_second[second], first=second) for second in sorted(by_second)]


def _resolve(groups: list[_Group]) -> list[_Group]:
    done: list[_Group] = []
    index = 0
    while index < len(groups):
        group = groups[index]
        start = done[-1].end if done else UNKNOWN
        following = groups[index + 1] if index + 1 < len(groups) else None
        _settle(group, start, following)
        if group.certainty != "proven":
            merged = _with_neighbours(group, done, following)
            if merged is not None:
                taken_before, taken_after, group = merged
                del done[len(done) - taken_before :]
                index += taken_after
        done.append(group)
        index += 1
    return done


def _with_neighbours(
    group: _Group, done: list[_Group], following: _Group | None
) -> tuple[int, int, _Group] | None:
    """Try the second together with the next, the one before, or both; only a proof is accepted."""
    near_next = following if following and _near(group, following) else None
    near_last = done[-1] if done and _near(done[-1], group) else None
    tries: list[tuple[int, int, list[_Group]]] = []
    if near_next:
        tries.append((0, 1, [group, near_next]))
    if near_last:
        tries.append((1, 0, [near_last, group]))
    if near_last and near_next:
        tries.append((1, 1, [near_last, group, near_next]))
    for before, after, parts in tries:
        start = parts[0].start
        merged = _Group(parts[-1].second, [s for part in parts for s in part.seen])
        merged.first = parts[0].first
        _settle(merged, start, None)
        if merged.certainty == "proven":
            return before, after, merged
    return None


def _near(earlier: _Group, later: _Group) -> bool:
    return later.first - earlier.second <= NEIGHBOURHOOD


def _settle(group: _Group, start: str, following: _Group | None) -> None:
    group.start = start
    terminal = [s for s in group.seen if s.observation.kind == "terminal"]
    group.end, group.certainty = (
        _end_of_life(terminal, start) if terminal else _end_of_second(group.seen, start, following)
    )


def _end_of_life(terminal: list[_Seen], start: str) -> tuple[str, Certainty]:
    states = {s.after for s in terminal}
    if len(states) == 1:
        return states.pop(), "proven"
    edges = [(s.before, s.after) for s in terminal if s.before is not None and s.before != s.after]
    found = _trail(edges, UNKNOWN)
    if found is not None and found[0] in states:
        return found[0], "proven"
    return (start, "proven") if start in states else (min(states), "ambiguous")


def _end_of_second(
    seen: list[_Seen], start: str, following: _Group | None
) -> tuple[str, Certainty]:
    edges = [(s.before, s.after) for s in seen if s.before is not None and s.before != s.after]
    points = {s.after for s in seen if s.before is None or s.before == s.after}
    if not edges:
        if len(points) == 1:
            (end,) = points
            return end, "proven" if start in (UNKNOWN, end) else "gap"
        return _choose(points, [], start, following), "ambiguous"
    vertices = {vertex for edge in edges for vertex in edge}
    for attempt in (edges, list(dict.fromkeys(sorted(edges)))):
        found = _trail(attempt, start)
        if found is not None:
            end, certainty = found
            return end, certainty if points <= vertices else "gap"
    candidates = {after for _, after in edges}
    return _choose(candidates, edges, start, following), "ambiguous"


def _trail(edges: Sequence[tuple[str, str]], start: str) -> tuple[str, Certainty] | None:
    """Where a walk over all edges ends, if that can be told without knowing their order."""
    if not edges or not _connected(edges):
        return None
    balance: Counter[str] = Counter()
    for before, after in edges:
        balance[after] += 1
        balance[before] -= 1
    surplus = [state for state, n in balance.items() if n > 0]
    deficit = [state for state, n in balance.items() if n < 0]
    if len(surplus) == 1 and balance[surplus[0]] == 1 and len(deficit) == 1:
        return surplus[0], "proven" if start in (UNKNOWN, deficit[0]) else "gap"
    if not surplus and any(start in edge for edge in edges):
        return start, "proven"
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
    candidates: set[str], edges: Sequence[tuple[str, str]], start: str, following: _Group | None
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


def _origin(group: _Group) -> State | None:
    """The state that the first second's trail must have begun in."""
    edges = [(s.before, s.after) for s in group.seen if s.before is not None]
    befores = {before for before, _ in edges} - {after for _, after in edges}
    if len(befores) != 1:
        return None
    (start,) = befores
    return next((s.observation.before for s in group.seen if s.before == start), None)


def _steps(groups: list[_Group]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for group in groups:
        step = _step(group)
        if steps:
            last = steps[-1]
            step = replace(step, effective=max(step.effective, last.effective))
            if step.state == last.state:
                steps[-1] = replace(last, certainty=step.certainty)
                continue
        steps.append(step)
    return tuple(steps)


def _step(group: _Group) -> Step:
    bringers = [s for s in group.seen if s.after == group.end] or group.seen
    # An event that changed something names the cause better than one that merely saw it.
    cause = min(bringers, key=lambda s: (s.before is None, s.observation.event_id))
    state = next(
        (s.observation.after for s in group.seen if s.after == group.end),
        next((s.observation.before for s in group.seen if s.before == group.end), None),
    )
    effective = (
        cause.observation.effective if cause.observation.kind == "terminal" else group.second
    )
    return Step(group.second, effective, state, cause.observation.event_id, group.certainty)
