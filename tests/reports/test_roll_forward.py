"""The roll-forward adds up, to the cent, in every currency and by every period."""

from __future__ import annotations

import pytest

from lib.billing.reports import Report
from lib.billing.store.engine import Store
from tests.reports.ledger import at, changed, created, desk, ended, paying
from tests.reports.test_report_rows import ACTIVE, ANN_LEAVES, EUROS, STARTER, WANTS_OUT

TRIAL_THAT_LEAVES = WANTS_OUT | {"status": "trialing"}
STORY = [
    *ANN_LEAVES,
    created("subscription", "sub_2", STARTER, "2026-01-31T23:30", "cus_2"),
    changed("subscription", "sub_2", STARTER, ACTIVE, "2026-02-28T23:59", "cus_2"),
    created("subscription", "sub_3", EUROS, "2026-02-01", "cus_3"),
    ended(
        "sub_3", EUROS | {"status": "canceled", "ended_at": at("2026-03-01")}, "2026-03-01", "cus_3"
    ),
]

FIELDS = (
    "period",
    "currency",
    "opening_minor",
    "new_minor",
    "expansion_minor",
    "churn_minor",
    "closing_minor",
    "committed_minor",
)


def table(report: Report) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in FIELDS) for row in report.rows]


def test_months_follow_each_other_without_a_hole(store: Store) -> None:
    report = desk(store, STORY, "2026-03-15").report("mrr")
    assert table(report) == [
        ("2026-01", "eur", 0, 0, 0, 0, 0, None),
        ("2026-01", "usd", 0, 3800, 0, 0, 3800, None),
        ("2026-02", "eur", 0, 1900, 0, 0, 1900, None),
        ("2026-02", "usd", 3800, 0, 2000, 0, 5800, None),
        ("2026-03", "eur", 1900, 0, 0, -1900, 0, 0),
        ("2026-03", "usd", 5800, 0, 0, 0, 5800, 2900),
    ]


def test_what_happens_at_midnight_belongs_to_the_new_day_of_the_business(store: Store) -> None:
    berlin = desk(store, STORY, "2026-03-15", timezone="Europe/Berlin").report("mrr")
    assert table(berlin)[:2] == [
        ("2026-01", "eur", 0, 0, 0, 0, 0, None),
        ("2026-01", "usd", 0, 2900, 0, 0, 2900, None),
    ]


@pytest.mark.parametrize(
    ("by", "first", "last"),
    [
        ("day", "2026-01-05", "2026-03-15"),
        ("week", "2026-W02", "2026-W11"),
        ("month", "2026-01", "2026-03"),
        ("quarter", "2026-Q1", "2026-Q1"),
    ],
)
def test_every_period_closes_where_the_next_one_opens(
    by: str, first: str, last: str, store: Store
) -> None:
    report = desk(store, STORY, "2026-03-15T12:00").report("mrr", by=by)
    assert (report.rows[0]["period"], report.rows[-1]["period"]) == (first, last)
    opening = {"usd": 0, "eur": 0}
    for row in report.rows:
        moved = sum(
            row[f"{kind}_minor"]
            for kind in ("new", "reactivation", "expansion", "contraction", "churn", "fx")
        )
        assert row["opening_minor"] == opening[row["currency"]]
        assert row["closing_minor"] == row["opening_minor"] + moved
        opening[row["currency"]] = row["closing_minor"]
    assert opening == {"usd": 5800, "eur": 0}
    assert report.totals["usd"]["closing_minor"] == 5800


def test_days_cut_the_first_and_the_last_period(store: Store) -> None:
    report = desk(store, STORY, "2026-03-15").report("mrr", start="2026-02-15", end="2026-03-01")
    assert table(report) == [
        ("2026-02", "eur", 1900, 0, 0, 0, 1900, None),
        ("2026-02", "usd", 3800, 0, 2000, 0, 5800, None),
        ("2026-03", "eur", 1900, 0, 0, -1900, 0, None),
        ("2026-03", "usd", 5800, 0, 0, 0, 5800, None),
    ]


def test_an_earlier_as_of_knows_what_was_committed_then(store: Store) -> None:
    report = desk(store, STORY, "2026-05-15").report("mrr", as_of="2026-03-09", currency="usd")
    assert table(report)[-1] == ("2026-03", "usd", 5800, 0, 0, 0, 5800, 5800)


def test_periods_that_have_not_begun_are_no_rows(store: Store) -> None:
    report = desk(store, STORY, "2026-03-15").report("mrr", end="2026-12-31", currency="usd")
    assert table(report)[-1] == ("2026-03", "usd", 5800, 0, 0, 0, 5800, 2900)


def test_movements_ahead_of_the_clock_are_not_lost(store: Store) -> None:
    report = desk(store, STORY, "2026-02-15").report("mrr")
    assert [row["closing_minor"] for row in report.rows][-2:] == [0, 5800]


def test_closing_is_the_mix_and_the_mix_is_the_overview(store: Store) -> None:
    trial = created("subscription", "sub_8", TRIAL_THAT_LEAVES, "2026-03-01", "cus_8")
    portside = desk(store, [*STORY, trial], "2026-03-15")
    closing = portside.report("mrr", currency="usd").rows[-1]
    mix = portside.report("plan-mix").totals["usd"]["mrr_minor"]
    [card] = [card for card in portside.overview().currencies if card.currency == "usd"]
    assert closing["closing_minor"] == mix == card.mrr_minor == card.sparkline[-1].amount_minor
    assert closing["committed_minor"] == card.committed_minor == 2900


def test_paying_again_after_being_late_moves_nothing(store: Store) -> None:
    late = [
        created("subscription", "sub_1", ACTIVE, "2026-01-05", "cus_1"),
        changed("subscription", "sub_1", ACTIVE, paying("past_due"), "2026-02-05", "cus_1"),
        changed("subscription", "sub_1", paying("past_due"), ACTIVE, "2026-02-09", "cus_1"),
    ]
    report = desk(store, late, "2026-03-15").report("movements")
    assert [row["kind"] for row in report.rows] == ["new"]
