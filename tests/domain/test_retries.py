"""When a failed event is tried again."""

from __future__ import annotations

from lib.billing.domain.retries import next_attempt

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def test_the_pauses_grow_from_a_minute_to_a_day():
    waits = [next_attempt(attempts, 1_000) for attempts in range(1, 13)]
    assert [None if at is None else at - 1_000 for at in waits] == [
        MINUTE,
        5 * MINUTE,
        30 * MINUTE,
        2 * HOUR,
        6 * HOUR,
        *[DAY] * 6,
        None,
    ]


def test_however_often_somebody_tries_by_hand_it_waits_for_a_person():
    assert next_attempt(500, 1_000) is None
