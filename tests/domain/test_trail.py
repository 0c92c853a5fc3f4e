"""The fold of one object: any order, any repetition, same-second collisions, losses, skew."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.billing.domain.observations import Observation
from lib.billing.domain.trail import fold_object
from tests.cut import examples

A, B, C, D = ({"s": letter} for letter in "ABCD")


def edge(event_id: str, second: int, before: dict | None, after: dict, kind: str = "edge"):
    return Observation(event_id, "thing", "th_1", "cus_1", second, kind, before, after, second)


def created(event_id: str, second: int, after: dict) -> Observation:
    return edge(event_id, second, None, after, "created")


def point(event_id: str, second: int, after: dict) -> Observation:
    return edge(event_id, second, None, after, "point")


def terminal(event_id: str, second: int, after: dict) -> Observation:
    return edge(event_id, second, None, after, "terminal")


LEDGER = {
    "a chain inside one second ends where nothing leads on": (
        [created("9", 10, A), edge("5", 10, A, B), edge("1", 10, B, C)],
        "C",
        "proven",
    ),
    "there and back again inside one second ends where it began": (
        [created("1", 5, A), edge("2", 10, A, B), edge("3", 10, B, A)],
        "A",
        "proven",
    ),
    "there, back and there again ends away": (
        [created("1", 5, A), edge("2", 10, A, B), edge("3", 10, B, A), edge("4", 10, A, B)],
        "B",
        "proven",
    ),
    "nothing revives what has ended": (
        [created("1", 5, A), terminal("2", 10, C), edge("3", 12, A, B)],
        "C",
        "proven",
    ),
    "creation comes first even when its clock is ahead": (
        [created("1", 11, A), edge("2", 10, A, B)],
        "B",
        "proven",
    ),
    "a start that nothing led to is a gap": (
        [created("1", 5, A), edge("2", 10, B, C)],
        "C",
        "gap",
    ),
    "two clocks one second apart are read together": (
        [created("1", 5, A), edge("2", 10, B, C), edge("3", 11, A, B)],
        "C",
        "proven",
    ),
    "a change told by two events is one change": (
        [created("1", 5, A), edge("2", 10, A, B), edge("3", 10, A, B)],
        "B",
        "proven",
    ),
    "three clocks are read together when only all of them make one walk": (
        [
            created("1", 9, A),
            edge("2", 10, A, B),
            edge("3", 10, B, A),
            edge("4", 11, A, C),
            edge("5", 9, C, A),
            edge("6", 10, A, D),
        ],
        "D",
        "proven",
    ),
    "a walk over all of a run comes before taking equal changes for twins": (
        [
            created("1", 5, A),
            edge("2", 20, A, B),
            edge("3", 20, B, C),
            edge("4", 21, C, B),
            edge("5", 19, B, C),
        ],
        "C",
        "proven",
    ),
    "creation is no proof of what does not follow from it": (
        [created("1", 9, A), edge("2", 9, B, A), edge("3", 10, A, B)],
        "A",
        "proven",
    ),
    "what was only seen in the second of its creation came after it": (
        [created("9", 10, B), point("1", 10, A)],
        "A",
        "gap",
    ),
    "two different reads in one second cannot be told apart": (
        [point("1", 10, B), point("2", 10, C)],
        "B",
        "ambiguous",
    ),
    "an unknown start and a full circle cannot be told": (
        [edge("1", 10, A, B), edge("2", 10, B, A)],
        "A",
        "ambiguous",
    ),
}


@pytest.mark.parametrize(("seen", "end", "certainty"), LEDGER.values(), ids=LEDGER.keys())
def test_the_end_of_a_second(seen, end, certainty):
    for order in (seen, seen[::-1], [*seen, *seen]):
        fold = fold_object(order)
        assert fold.state == {"s": end}
        assert fold.steps[-1].certainty == certainty


def test_only_the_last_second_asks_for_a_re_read():
    doubtful = [point("1", 10, B), point("2", 10, C)]
    assert fold_object(doubtful).ambiguous
    assert not fold_object([*doubtful, point("3", 50, A)]).ambiguous


def test_a_step_names_the_event_that_changed_it_not_one_that_merely_saw_it():
    fold = fold_object([created("evt_9", 5, A), edge("evt_8", 10, A, B), point("evt_1", 10, B)])
    assert [step.event_id for step in fold.steps] == ["evt_9", "evt_8"]


def test_what_is_told_after_an_end_counts_before_it():
    late = replace(terminal("3", 12, C), effective=10)
    fold = fold_object([created("1", 5, A), edge("2", 11, A, B), late])
    assert [(step.effective, step.state) for step in fold.steps] == [(5, A), (10, B), (10, C)]


def stage(status: str, paid: int = 0, attempts: int = 0) -> dict:
    return {
        "status": status, "amount_paid": paid, "attempt_count": attempts, "attempted": attempts > 0
    }  # fmt: skip


def of_invoice(event_id: str, second: int, after: dict, kind: str = "point") -> Observation:
    return Observation(event_id, "invoice", "in_1", "cus_1", second, kind, None, after, second)


FORWARD = {
    "drafted, finalized and paid in one second": (
        [("created", 10, stage("draft")), ("point", 10, stage("open")),
         ("point", 10, stage("paid", 5))],
        stage("paid", 5),
    ),
    "clocks that disagree do not unpay": (
        [("created", 10, stage("draft")), ("point", 11, stage("paid", 5)),
         ("point", 12, stage("open"))],
        stage("paid", 5),
    ),
    "a second attempt in the same second as the first": (
        [("point", 10, stage("open", 0, 2)), ("point", 10, stage("open", 0, 1))],
        stage("open", 0, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("told", "end"), FORWARD.values(), ids=FORWARD.keys())
def test_what_only_moves_forward_ends_at_its_farthest_and_nothing_is_missing(told, end):
    seen = [of_invoice(f"evt_{n}", at, after, kind) for n, (kind, at, after) in enumerate(told)]
    for order in (seen, seen[::-1]):
        fold = fold_object(order)
        assert fold.state == end
        assert (fold.gaps, fold.ambiguous) == (0, False)


histories = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ABCD")), min_size=1, max_size=12)


def told(history, salt: int) -> tuple[list[Observation], dict[int, str]]:
    """What Stripe would send for a history, and the true state at the end of each second."""
    ids = random.Random(salt).sample(range(1_000_000), len(history))
    second, state, events, truth = 100, None, [], {}
    for (pause, letter), number in zip(history, ids, strict=True):
        second += pause * 3
        after = {"s": letter}
        if state is None:
            events.append(created(f"evt_{number}", second, after))
        elif after != state:
            events.append(edge(f"evt_{number}", second, state, after))
        else:
            events.append(point(f"evt_{number}", second, after))
        state = after
        truth[second] = letter
    return events, truth


@settings(max_examples=examples(400), deadline=None)
@given(histories, st.integers(0, 2**32), st.booleans())
def test_with_nothing_lost_every_second_ends_as_it_did(history, salt, with_end):
    events, truth = told(history, salt)
    if with_end:
        last = max(truth)
        events.append(terminal("evt_end", last, {"s": "Z"}))
        truth[last] = "Z"
    shuffled = [*events, *random.Random(salt).choices(events, k=3)]
    random.Random(salt).shuffle(shuffled)
    fold = fold_object(shuffled)
    assert fold == fold_object(events)
    for second, letter in truth.items():
        state = [step.state for step in fold.steps if step.second <= second][-1]
        assert state == {"s": letter}
    assert fold.gaps == 0
    assert not fold.ambiguous


@settings(max_examples=examples(300), deadline=None)
@given(histories, st.integers(0, 2**32), st.data())
def test_whatever_is_lost_any_order_gives_the_same_answer(history, salt, data):
    events, _ = told(history, salt)
    kept = data.draw(st.lists(st.sampled_from(events), min_size=1, max_size=len(events)))
    skewed = [replace(e, second=e.second + data.draw(st.integers(-1, 1))) for e in kept]
    skewed = list({e.event_id: e for e in skewed}.values())
    shuffled = skewed[:]
    random.Random(salt).shuffle(shuffled)
    assert fold_object(shuffled) == fold_object(skewed)
