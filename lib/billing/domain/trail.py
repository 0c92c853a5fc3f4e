"""What became of one object, from whatever was seen of it in whatever order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from .in_line import NEIGHBOURHOOD, Reached, in_line
from .observations import Observation, State, canonical
from .second import ABSENT, UNKNOWN, Certainty, Group, Measure, Seen, settle
from .values import dataclass

__all__ = ["NEIGHBOURHOOD", "ObjectFold", "Step", "continue_object", "fold_object"]


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


def fold_object(observations: Sequence[Observation]) -> ObjectFold:
    """Fold all that was seen of one object; any order and any repetition give the same answer."""
    unique = _sorted(observations)
    return _plain(unique) or _proven(unique)


def _sorted(observations: Sequence[Observation]) -> list[Observation]:
    """Each event once, by second."""
    ordered = sorted(observations, key=lambda o: (o.second, o.event_id))
    return list({o.event_id: o for o in ordered}.values())


def _plain(unique: list[Observation]) -> ObjectFold | None:
    """The fold of a history that is in line from its beginning; None for any other."""
    first, *rest = unique
    is_edge = first.kind == "edge" and first.before is not None and first.before != first.after
    if first.after is None or not (is_edge or first.kind in ("created", "point")):
        return None
    made = in_line(rest, first.after, first.second, first.second)
    if made is None:
        return None
    begun = Step(first.second, first.second, first.after, first.event_id, "proven")
    return ObjectFold(
        object_type=first.object_type,
        object_id=first.object_id,
        steps=(begun, *map(_reached, made)),
        origin=first.before if is_edge else None,
        born=first.kind == "created",
        terminal=unique[-1].kind == "terminal",
        gaps=0,
        last_second=unique[-1].second,
        ambiguous=False,
    )


def _reached(reached: Reached) -> Step:
    seen = reached.seen
    return Step(seen.second, reached.effective, reached.state, seen.event_id, "proven")


def _proven(unique: list[Observation]) -> ObjectFold:
    first = unique[0]
    measure = Measure(first.object_type, unique)
    resolved = _resolve(_groups(unique), measure)
    return ObjectFold(
        object_type=first.object_type,
        object_id=first.object_id,
        steps=_steps(resolved),
        origin=_origin(resolved[0]),
        born=any(o.kind == "created" for o in unique),
        terminal=any(o.kind == "terminal" for o in unique),
        gaps=sum(group.certainty == "gap" for group in resolved),
        last_second=max(o.second for o in unique),
        ambiguous=resolved[-1].certainty == "ambiguous",
    )


def continue_object(known: ObjectFold, seen: Sequence[Observation]) -> ObjectFold | None:
    """``known`` with what was ``seen`` of it since; None when only its whole history can tell.

    That is so unless what is new lies clear of what is known, and that was proven: then the two
    cannot be one trail, and :func:`fold_object` of everything gives the same.
    """
    last = known.steps[-1]
    if known.terminal or last.certainty != "proven" or any(o.kind == "created" for o in seen):
        return None
    if min(o.second for o in seen) <= known.last_second + NEIGHBOURHOOD:
        return None
    unique = _sorted(seen)
    made = in_line(unique, last.state, known.last_second, last.effective)
    return _proven_on(known, unique) if made is None else _continued(known, unique, made)


def _continued(
    known: ObjectFold, seen: Sequence[Observation], made: Iterable[Reached]
) -> ObjectFold:
    return ObjectFold(
        object_type=known.object_type,
        object_id=known.object_id,
        steps=known.steps + tuple(map(_reached, made)),
        origin=known.origin,
        born=known.born,
        terminal=seen[-1].kind == "terminal",
        gaps=known.gaps,
        last_second=seen[-1].second,
        ambiguous=False,
    )


def _proven_on(known: ObjectFold, seen: Sequence[Observation]) -> ObjectFold | None:
    last = known.steps[-1]
    stands = replace(seen[0], kind="point", before=None, after=last.state)
    measure = Measure(known.object_type, [stands, *seen])
    begun = Group(known.last_second, [], end=canonical(last.state), first=known.last_second)
    _, *resolved = _resolve(_groups(seen), measure, [begun])
    made = _steps(resolved)
    if any(step.effective < last.effective for step in made):
        return None  # its end lies before something that was already told of it
    steps = known.steps
    if made[0].state == last.state:
        steps, made = (*steps[:-1], replace(last, certainty=made[0].certainty)), made[1:]
    return replace(
        known,
        steps=steps + made,
        terminal=any(o.kind == "terminal" for o in seen),
        gaps=known.gaps + sum(group.certainty == "gap" for group in resolved),
        last_second=max(o.second for o in seen),
        ambiguous=resolved[-1].certainty == "ambiguous",
    )


def _groups(observations: Iterable[Observation]) -> list[Group]:
    """By second; creation before everything and the end after it, whatever their seconds."""
    every = list(observations)
    first = min(o.second for o in every)
    ends = [o.second for o in every if o.kind == "terminal"]
    by_second: dict[int, list[Seen]] = defaultdict(list)
    for o in every:
        second = first if o.kind == "created" else o.second
        if ends and o.kind != "terminal":
            second = min(second, min(ends))
        before = ABSENT if o.kind == "created" else None
        if o.before is not None and o.kind != "point":
            before = canonical(o.before)
        by_second[second].append(Seen(o, second, before, canonical(o.after)))
    return [Group(second, by_second[second], first=second) for second in sorted(by_second)]


def _resolve(groups: list[Group], measure: Measure, begun: Sequence[Group] = ()) -> list[Group]:
    done = list(begun)
    clusters = _clusters(groups)
    for index, cluster in enumerate(clusters):
        start = done[-1].end if done else UNKNOWN
        following = clusters[index + 1][0] if index + 1 < len(clusters) else None
        done += _settle_cluster(cluster, start, following, measure)
    return done


def _clusters(groups: list[Group]) -> list[list[Group]]:
    """Runs of seconds that may be out of order among themselves; between runs nothing is."""
    runs: list[list[Group]] = []
    for group in groups:
        if runs and _near(runs[-1][-1], group):
            runs[-1].append(group)
        else:
            runs.append([group])
    return runs


def _settle_cluster(
    cluster: list[Group], start: str, following: Group | None, measure: Measure
) -> list[Group]:
    """Second by second if that proves every one, else all at once if that is proven.

    Each event is first taken for a change of its own: part of a run can nearly always be proven by
    taking two equal changes for twins, where the whole run shows that there were two.
    """
    settled: list[Group] = []
    for twins in (False, True):
        settled = _one_by_one([replace(g) for g in cluster], start, following, measure, twins)
        if all(group.certainty == "proven" for group in settled):
            break
        if len(cluster) > 1:
            whole = _merged(cluster)
            settle(whole, start, None, measure, twins=twins)
            if whole.certainty == "proven":
                return [whole]
    return settled


def _one_by_one(
    groups: list[Group], begin: str, after: Group | None, measure: Measure, twins: bool
) -> list[Group]:
    done: list[Group] = []
    index = 0
    while index < len(groups):
        group = groups[index]
        start = done[-1].end if done else begin
        following = groups[index + 1] if index + 1 < len(groups) else after
        settle(group, start, following, measure, twins=twins)
        if group.certainty != "proven":
            merged = _with_neighbours(group, done, following, measure, twins)
            if merged is not None:
                taken_before, taken_after, group = merged
                del done[len(done) - taken_before :]
                index += taken_after
        done.append(group)
        index += 1
    return done


def _with_neighbours(
    group: Group, done: list[Group], following: Group | None, measure: Measure, twins: bool
) -> tuple[int, int, Group] | None:
    """Try the second together with the next, the one before, or both; only a proof is accepted."""
    near_next = following if following and _near(group, following) else None
    near_last = done[-1] if done and _near(done[-1], group) else None
    tries: list[tuple[int, int, list[Group]]] = []
    if near_next:
        tries.append((0, 1, [group, near_next]))
    if near_last:
        tries.append((1, 0, [near_last, group]))
    if near_last and near_next:
        tries.append((1, 1, [near_last, group, near_next]))
    for before, after, parts in tries:
        start = parts[0].start
        merged = _merged(parts)
        settle(merged, start, None, measure, twins=twins)
        if merged.certainty == "proven":
            return before, after, merged
    return None


def _merged(parts: list[Group]) -> Group:
    seen = [s for part in parts for s in part.seen]
    return Group(parts[-1].second, seen, first=parts[0].first)


def _near(earlier: Group, later: Group) -> bool:
    return later.first - earlier.second <= NEIGHBOURHOOD


def _origin(group: Group) -> State | None:
    """The state that the first second's trail must have begun in."""
    edges = [(s.before, s.after) for s in group.seen if s.before is not None]
    befores = {before for before, _ in edges} - {after for _, after in edges}
    if len(befores) != 1:
        return None
    (start,) = befores
    return next((s.observation.before for s in group.seen if s.before == start), None)


def _steps(groups: list[Group]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for group in groups:
        step = _step(group)
        if steps:
            if step.effective < steps[-1].effective:
                # What Stripe told of it after its end, such as a last invoice, did not outlive it.
                steps = [replace(s, effective=min(s.effective, step.effective)) for s in steps]
            last = steps[-1]
            if step.state == last.state:
                steps[-1] = replace(last, certainty=step.certainty)
                continue
        steps.append(step)
    return tuple(steps)


def _step(group: Group) -> Step:
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
