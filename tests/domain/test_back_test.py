"""The back-test: what a runway had and what fell in, what became of each amount out."""

from __future__ import annotations

import random

import pytest

from lib.billing.domain.back_test import (
    FATES,
    Amount,
    Fell,
    Foreseen,
    back_test,
    outcomes,
)

MID, LATE = 1_000, 2_000


def foreseen(
    name: str = "sub_1", minor: int = 100, gone: int = 0, *, stands: bool = False, **over: object
) -> Foreseen:
    known = {
        "customer_id": "cus_1",
        "currency": "usd",
        "kind": "end",
        "plan": "pro",
        "at": MID,
    } | over
    return Foreseen(
        subscription_id=name,
        minor=minor,
        gone_minor=gone,
        stands=stands,
        **known,  # type: ignore[arg-type]
    )


def fell(name: str | None = "sub_1", minor: int = 100, **over: object) -> Fell:
    known = {
        "customer_id": "cus_1",
        "currency": "usd",
        "kind": "churn",
        "plan": "pro",
        "at": LATE,
    } | over
    return Fell(subscription_id=name, minor=minor, **known)  # type: ignore[arg-type]


LEDGER = {
    "nothing": ([], [], []),
    "an end that came true": (
        [foreseen(gone=100)],
        [fell()],
        [("sub_1", "came_true", 100, True)],
    ),
    "an end that was undone": ([foreseen()], [], [("sub_1", "saved", 100, True)]),
    "an end that was put off": (
        [foreseen(stands=True)],
        [],
        [("sub_1", "moved", 100, True)],
    ),
    "an end that nobody had scheduled": (
        [],
        [fell()],
        [("sub_1", "unforeseen", 100, True)],
    ),
    "a downgrade that came true": (
        [foreseen(minor=30, gone=30, kind="downgrade")],
        [fell(minor=30, kind="contraction")],
        [("sub_1", "came_true", 30, True)],
    ),
    "a downgrade was to come, and it ended: the rest is an amount alone": (
        [foreseen(minor=30, gone=100, kind="downgrade")],
        [fell()],
        [("sub_1", "came_true", 30, True), ("sub_1", "unforeseen", 70, False)],
    ),
    "it grew before it ended: what had come to it was not foreseen": (
        [foreseen(gone=100)],
        [fell(minor=150)],
        [("sub_1", "came_true", 100, True), ("sub_1", "unforeseen", 50, False)],
    ),
    "kept at a lower price": (
        [foreseen(gone=40)],
        [fell(minor=40, kind="contraction")],
        [("sub_1", "saved", 100, True), ("sub_1", "unforeseen", 40, True)],
    ),
    "another subscription in its place at once is no loss": (
        [foreseen(gone=100)],
        [],
        [("sub_1", "saved", 100, True)],
    ),
    "another, smaller one in its place": (
        [foreseen(gone=100)],
        [fell("sub_2", 40, kind="contraction")],
        [("sub_1", "saved", 100, True), ("sub_2", "unforeseen", 40, True)],
    ),
    "two ends that are one movement": (
        [foreseen(gone=100), foreseen("sub_2", 60, 60)],
        [fell("sub_2", 160)],
        [("sub_1", "came_true", 100, True), ("sub_2", "came_true", 60, True)],
    ),
    "one of two had been foreseen": (
        [foreseen(gone=100)],
        [fell(), fell("sub_2", 60)],
        [("sub_1", "came_true", 100, True), ("sub_2", "unforeseen", 60, True)],
    ),
    "what another customer lost makes nothing true": (
        [foreseen(gone=100)],
        [fell("sub_9", customer_id="cus_2")],
        [("sub_1", "saved", 100, True), ("sub_9", "unforeseen", 100, True)],
    ),
    "nor what was lost in another currency": (
        [foreseen(gone=100)],
        [fell(currency="jpy")],
        [("sub_1", "unforeseen", 100, True), ("sub_1", "saved", 100, True)],
    ),
}


@pytest.mark.parametrize(("expected", "happened", "found"), LEDGER.values(), ids=LEDGER)
def test_what_became_of_it(expected, happened, found) -> None:
    rows = back_test(expected, happened)
    assert [(r.subscription_id, r.fate, r.minor, r.counts) for r in rows] == found


def test_a_row_says_when_it_was_to_leave_and_when_it_left() -> None:
    true, kept = back_test(
        [foreseen(gone=100), foreseen("sub_2")], [fell(at=LATE), fell("sub_3", at=MID)]
    )[:2]
    assert (true.planned_at, true.left_at) == (MID, LATE)
    assert (kept.planned_at, kept.left_at) == (MID, None)


def test_currencies_are_summed_apart() -> None:
    rows = back_test(
        [foreseen(gone=100), foreseen("sub_2", 7, currency="kwd")], [fell(), fell("sub_3", 5)]
    )
    kwd, usd = outcomes(rows)
    assert (kwd.currency, kwd.predicted, kwd.left) == ("kwd", Amount(1, 7), Amount())
    assert (usd.predicted, usd.left, usd.unforeseen) == (
        Amount(1, 100),
        Amount(2, 105),
        Amount(1, 5),
    )


@pytest.mark.parametrize("seed", range(40))
def test_both_sides_close_whatever_happened(seed: int) -> None:
    chance = random.Random(seed)
    expected, happened = [], []
    for customer in range(6):
        for name in range(chance.randrange(4)):
            owner = {
                "customer_id": f"cus_{customer}",
                "currency": chance.choice(("usd", "jpy")),
                "at": chance.randrange(9),
            }
            own = f"sub_{customer}_{name}"
            if chance.random() < 0.7:
                minor = chance.randrange(1, 300)
                gone = chance.choice((0, minor, chance.randrange(-200, 400)))
                expected.append(foreseen(own, minor, gone, stands=chance.random() < 0.5, **owner))
            if chance.random() < 0.6:
                happened.append(fell(own, chance.randrange(1, 300), **owner))
    shuffled = chance.sample(expected, len(expected)), chance.sample(happened, len(happened))
    rows = back_test(expected, happened)
    assert sorted(rows, key=repr) == sorted(back_test(*shuffled), key=repr)
    for sums in outcomes(rows):
        mine = [each for each in expected if each.currency == sums.currency]
        left = [each for each in happened if each.currency == sums.currency]
        assert sums.predicted == Amount(len(mine), sum(each.minor for each in mine))
        assert sums.predicted == sums.came_true + sums.saved + sums.moved
        assert sums.left == sums.came_true + sums.unforeseen
        assert sums.left.minor == sum(each.minor for each in left)
    assert {row.fate for row in rows} <= set(FATES)
    assert all(row.minor > 0 for row in rows)
