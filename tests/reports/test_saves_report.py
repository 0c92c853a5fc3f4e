"""Saves: scheduled ends in, what became of them by the month of their day out."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.reports import Report
from lib.billing.store.engine import Store
from tests.reports.ledger import at, desk
from tests.reports.lives import gone, life, worth

PRO = worth(2900)
NOW = "2026-04-15T12:00"
FIELDS = "period reason scheduled undone ended pending save_rate mrr_saved_minor currency".split()


def leaving(day: str, feedback: str | None = "unused", state: dict[str, Any] = PRO) -> dict:
    return state | {
        "cancel_at": at(day),
        "canceled_at": at("2026-02-01"),
        "reason": "cancellation_requested",
        "feedback": feedback,
    }


def table(report: Report) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in FIELDS) for row in report.rows]


def saves(store: Store, *lives: list[Any], now: str = NOW, **settings: Any) -> list[Any]:
    return table(
        desk(store, [each for life in lives for each in life], now, **settings).report("saves")
    )


START = ("2026-01-10", PRO)
UNDONE = life(1, START, ("2026-02-01", leaving("2026-03-10")), ("2026-02-20", PRO))
ENDED = life(
    2, START, ("2026-02-01", leaving("2026-03-10")), ("2026-03-10", gone(leaving("2026-03-10")))
)


def test_of_the_days_that_have_passed_the_share_undone(store: Store) -> None:
    assert saves(store, UNDONE, ENDED) == [("2026-03", "unused", 2, 1, 1, 0, 0.5, 2900, "usd")]


def test_what_is_undone_before_its_day_is_shown_and_in_no_rate(store: Store) -> None:
    early = life(1, START, ("2026-02-01", leaving("2026-05-10")), ("2026-02-20", PRO))
    assert saves(store, early) == [("2026-05", "unused", 1, 1, 0, 0, None, 2900, "usd")]


def test_what_stands_is_pending(store: Store) -> None:
    stands = life(1, START, ("2026-02-01", leaving("2026-05-10")))
    assert saves(store, stands) == [("2026-05", "unused", 1, 0, 0, 1, None, 0, "usd")]


def test_a_day_that_has_passed_without_the_event_was_not_saved(store: Store) -> None:
    late = life(1, START, ("2026-02-01", leaving("2026-04-10")))
    assert saves(store, late) == [("2026-04", "unused", 1, 0, 0, 1, 0.0, 0, "usd")]


def test_moving_the_date_keeps_one_in_the_month_of_its_last_day(store: Store) -> None:
    moved = life(
        1, START, ("2026-02-01", leaving("2026-03-10")), ("2026-02-05", leaving("2026-04-10"))
    )
    assert [row[:6] for row in saves(store, moved)] == [("2026-04", "unused", 1, 0, 0, 1)]


def test_undone_and_scheduled_again_is_a_second(store: Store) -> None:
    again = life(
        1,
        START,
        ("2026-02-01", leaving("2026-03-10")),
        ("2026-02-05", PRO),
        ("2026-02-09", leaving("2026-04-10", "other")),
    )
    assert [row[:6] for row in saves(store, again)] == [
        ("2026-03", "unused", 1, 1, 0, 0),
        ("2026-04", "other", 1, 0, 0, 1),
    ]


def test_without_feedback_it_is_stripe_s_reason_and_without_both_unknown(store: Store) -> None:
    bare = leaving("2026-03-10", None)
    told = [
        life(1, START, ("2026-02-01", bare)),
        life(2, START, ("2026-02-01", bare | {"reason": None})),
    ]
    assert [row[1] for row in saves(store, *told)] == ["cancellation_requested", None]


def test_currencies_stay_apart_and_keep_their_digits(store: Store) -> None:
    yen = worth(2900, currency="jpy")
    told = life(
        3,
        ("2026-01-10", yen),
        ("2026-02-01", leaving("2026-03-10", state=yen)),
        ("2026-02-20", yen),
    )
    rows = saves(store, UNDONE, told)
    assert [(row[7], row[8]) for row in rows] == [(2900, "jpy"), (2900, "usd")]


def test_the_month_is_the_business_s(store: Store) -> None:
    told = life(1, START, ("2026-02-01", leaving("2026-03-31T22:30")))
    assert saves(store, told, timezone="Europe/Berlin")[0][0] == "2026-04"


def test_what_cannot_be_valued_is_no_smaller_sum(store: Store) -> None:
    odd = PRO | {"discounts": ["di_unknown"]}
    told = life(
        2,
        ("2026-01-10", odd),
        ("2026-02-01", leaving("2026-03-10", state=odd)),
        ("2026-02-20", odd),
    )
    assert [row[7] for row in saves(store, UNDONE, told)] == [None]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"as_of": "2026-02-10"}, [(1, 0, 0, 1, None)]),
        ({"as_of": "2026-03-12"}, [(1, 1, 0, 0, 1.0)]),
        ({"start": "2026-04-01"}, []),
        ({"start": "2026-03-10", "end": "2026-03-10"}, [(1, 1, 0, 0, 1.0)]),
        ({"currency": "eur"}, []),
        ({"policy": "stripe"}, [(1, 1, 0, 0, 1.0)]),
    ],
    ids=str,
)
def test_an_earlier_time_days_currency_and_policy(
    asked: dict[str, str], found: list[Any], store: Store
) -> None:
    rows = table(desk(store, UNDONE, NOW).report("saves", **asked))
    assert [row[2:7] for row in rows] == found


def test_many_customers_are_read_to_the_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.billing.store.queries import subscription_history

    monkeypatch.setattr(subscription_history, "CUSTOMERS_AT_ONCE", 2)
    told = [life(n, START, ("2026-02-01", leaving("2026-05-10"))) for n in range(5)]
    assert saves(store, *told)[0][2] == 5
