"""Scheduled ends: what was seen of a subscription in, schedules and their outcome out."""

from __future__ import annotations

import pytest

from lib.billing.domain.saves import scheduled_ends
from lib.billing.domain.trail import fold_object

from .states import item, price, seen, subscription
from .test_movements import DAY, T, history

SOON, LATER = T + 30 * DAY, T + 60 * DAY


def state(status: str = "active", *, end: int = SOON, **over):
    return subscription(status, items=[item(price(), end=end)]) | over


PLAIN = state()
BY_DATE = state(cancel_at=SOON, canceled_at=T + DAY, feedback="unused")
BY_BOOLEAN = state(cancel_at_period_end=True, canceled_at=T + DAY, feedback="unused")
MOVED = BY_DATE | {"cancel_at": LATER}
ENDED = state("canceled", ended_at=SOON, cancel_at=SOON, feedback="unused")
AT_ONCE = state("canceled", ended_at=T + 5 * DAY, reason="payment_failed")

LEDGER = {
    "never scheduled": ([(T, PLAIN)], []),
    "an end by date stands": ([(T, PLAIN), (T + DAY, BY_DATE)], [("pending", SOON, None)]),
    "an end by boolean is the earliest period end": (
        [(T, PLAIN), (T + DAY, BY_BOOLEAN)],
        [("pending", SOON, None)],
    ),
    "undone": (
        [(T, PLAIN), (T + DAY, BY_DATE), (T + 2 * DAY, PLAIN)],
        [("undone", SOON, T + 2 * DAY)],
    ),
    "come true": ([(T, PLAIN), (T + DAY, BY_DATE), (SOON, ENDED)], [("ended", SOON, SOON)]),
    "moving the date keeps one": (
        [(T, PLAIN), (T + DAY, BY_DATE), (T + 2 * DAY, MOVED)],
        [("pending", LATER, None)],
    ),
    "from one encoding into the other keeps one": (
        [(T, PLAIN), (T + DAY, BY_BOOLEAN), (T + 2 * DAY, BY_DATE)],
        [("pending", SOON, None)],
    ),
    "undone and scheduled again is a second": (
        [(T, PLAIN), (T + DAY, BY_DATE), (T + 2 * DAY, PLAIN), (T + 3 * DAY, MOVED)],
        [("undone", SOON, T + 2 * DAY), ("pending", LATER, None)],
    ),
    "scheduled from its creation": ([(T, BY_DATE)], [("pending", SOON, None)]),
    "ended at once was never scheduled": ([(T, PLAIN), (T + 5 * DAY, AT_ONCE)], []),
    "ended before its day keeps its day": (
        [
            (T, PLAIN),
            (T + DAY, BY_DATE),
            (T + 5 * DAY, AT_ONCE | {"cancel_at": None}),
        ],
        [("ended", SOON, T + 5 * DAY)],
    ),
    "past due while scheduled is one schedule": (
        [(T, PLAIN), (T + DAY, BY_DATE), (T + 2 * DAY, BY_DATE | {"status": "past_due"})],
        [("pending", SOON, None)],
    ),
    "incomplete that expires was never live": (
        [(T, state("incomplete", cancel_at=SOON)), (T + DAY, state("incomplete_expired"))],
        [],
    ),
}


def told(*states):
    return scheduled_ends(fold_object(history("sub_1", *states)), lambda _: 2900)


@pytest.mark.parametrize(("states", "expected"), LEDGER.values(), ids=LEDGER)
def test_schedules(states, expected) -> None:
    assert [(end.outcome, end.ends_at, end.closed_at) for end in told(*states)] == expected


def test_what_was_scheduled_before_it_was_first_seen_is_known_from_what_an_event_says() -> None:
    undone = seen(PLAIN, T + 2 * DAY, before=BY_DATE)
    [end] = scheduled_ends(fold_object([undone]), lambda _: 2900)
    assert (end.outcome, end.ends_at, end.closed_at) == ("undone", SOON, T + 2 * DAY)


def test_a_subscription_first_seen_ended_as_planned_was_scheduled() -> None:
    [end] = scheduled_ends(fold_object([seen(ENDED, SOON, kind="terminal")]), lambda _: None)
    assert (end.outcome, end.ends_at, end.feedback) == ("ended", SOON, "unused")


def test_the_reason_outlives_the_undoing() -> None:
    [end] = told((T, PLAIN), (T + DAY, BY_DATE), (T + 2 * DAY, PLAIN))
    assert (end.feedback, end.value_minor, end.scheduled_at) == ("unused", 2900, T + DAY)


@pytest.mark.parametrize(("now", "matured"), [(SOON - 1, False), (SOON, True)])
def test_a_schedule_matures_when_its_day_has_come(now: int, matured: bool) -> None:
    [end] = told((T, PLAIN), (T + DAY, BY_DATE))
    assert end.matured(now) is matured
