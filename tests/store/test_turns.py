"""Whether an event changed what its object is, at its turn: `applied` or `stale`."""

from __future__ import annotations

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.domain.trail import fold_object
from lib.billing.intake.turns import Turns

A, B, C = ({"s": letter} for letter in "ABC")


def told(second: int, before: dict | None, after: dict, kind: str = "edge") -> Observation:
    name = f"evt_{second}_{before}_{after}_{kind}"
    return Observation(name, "subscription", "sub_1", "cus_1", second, kind, before, after, second)


def created(second: int, after: dict) -> Observation:
    return told(second, None, after, "created")


def seen(second: int, after: dict) -> Observation:
    return told(second, None, after, "point")


def ended(second: int, after: dict) -> Observation:
    return told(second, None, after, "terminal")


LEDGER = {
    "every step of a history in its order is applied": (
        [created(5, A), told(10, A, B), told(20, B, C)],
        [True, True, True],
    ),
    "an older event is stale": ([told(20, B, C), told(10, A, B)], [True, False]),
    "creation told late is stale": ([told(20, B, C), created(5, A)], [True, False]),
    "creation told late is stale even when its clock is ahead": (
        [told(20, A, B), created(99, A)],
        [True, False],
    ),
    "what changes nothing is stale": ([created(5, A), seen(30, A)], [True, False]),
    "of two changes in one second the later told first leaves the earlier stale": (
        [created(5, A), told(10, B, C), told(10, A, B)],
        [True, True, False],
    ),
    "there and back again in one second is two changes": (
        [created(5, A), told(10, A, B), told(10, B, A)],
        [True, True, True],
    ),
    "two clocks a second apart: the earlier change told late is stale": (
        [created(5, A), told(10, B, C), told(11, A, B)],
        [True, True, False],
    ),
    "nothing after the end is applied": (
        [created(5, A), ended(10, C), told(20, A, B)],
        [True, True, False],
    ),
    "an end with an earlier second than the newest change is applied": (
        [created(5, A), told(20, A, B), ended(10, C)],
        [True, True, True],
    ),
    "an end told twice is applied once": ([ended(10, C), ended(12, C)], [True, False]),
}


@pytest.mark.parametrize(("story", "expected"), LEDGER.values(), ids=LEDGER.keys())
def test_what_an_event_does_at_its_turn(story, expected):
    turns = Turns()
    assert [turns.take(observation) for observation in story] == expected
    assert [Turns(story[:n]).take(o) for n, o in enumerate(story)] == expected


@pytest.mark.parametrize(("story", "expected"), LEDGER.values(), ids=LEDGER.keys())
def test_a_turn_says_what_the_fold_says(story, expected):
    states = [fold_object(story[: n + 1]).state for n in range(len(story))]
    changed = [n == 0 or states[n] != states[n - 1] for n in range(len(story))]
    assert changed == expected
