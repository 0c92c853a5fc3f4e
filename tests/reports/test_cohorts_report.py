"""Cohorts: who began when in, who is left of them out."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.reports import Report
from lib.billing.store.engine import Store
from tests.reports.ledger import desk
from tests.reports.lives import gone, life, worth

PRO, BIG, FREE = worth(2900), worth(9900), worth(0)
NOW = "2026-04-15T12:00"
FIELDS = (
    "cohort currency month_index customers customers_retained mrr_minor mrr_retained_minor "
    "customer_retention mrr_retention"
).split()


def table(report: Report) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in FIELDS) for row in report.rows]


def test_each_month_of_a_cohort_is_a_row(store: Store) -> None:
    told = [
        *life(1, ("2026-01-10", PRO), ("2026-03-12", BIG)),
        *life(2, ("2026-01-31T23:59:59", PRO), ("2026-03-01", gone(PRO))),
        *life(3, ("2026-02-01", PRO)),
    ]
    assert table(desk(store, told, NOW).report("cohorts")) == [
        ("2026-01", "usd", 0, 2, 2, 5800, 5800, 1.0, 1.0),
        ("2026-01", "usd", 1, 2, 2, 5800, 5800, 1.0, 1.0),
        ("2026-01", "usd", 2, 2, 1, 5800, 9900, 0.5, 1.706897),
        ("2026-01", "usd", 3, 2, 1, 5800, 9900, 0.5, 1.706897),
        ("2026-02", "usd", 0, 1, 1, 2900, 2900, 1.0, 1.0),
        ("2026-02", "usd", 1, 1, 1, 2900, 2900, 1.0, 1.0),
        ("2026-02", "usd", 2, 1, 1, 2900, 2900, 1.0, 1.0),
    ]


def test_who_comes_back_stays_in_the_cohort(store: Store) -> None:
    told = [
        *life(1, ("2026-01-10", PRO), ("2026-02-10", gone(PRO))),
        *life(1, ("2026-04-10", BIG), subscription="sub_1b"),
    ]
    kept = [row[4] for row in table(desk(store, told, NOW).report("cohorts"))]
    assert kept == [1, 0, 0, 1]
    assert {row[0] for row in table(desk(store, [], NOW).report("cohorts"))} == {"2026-01"}


def test_who_joined_and_left_on_one_day_began_in_the_cohort_all_the_same(store: Store) -> None:
    told = [
        *life(1, ("2026-04-10", PRO)),
        *life(2, ("2026-04-05T08:00", PRO), ("2026-04-05T20:00", gone(PRO))),
    ]
    assert table(desk(store, told, NOW).report("cohorts")) == [
        ("2026-04", "usd", 0, 2, 1, 2900, 2900, 0.5, 1.0)
    ]


def test_a_cohort_that_had_nothing_at_the_end_of_its_month_has_no_mrr_retention(
    store: Store,
) -> None:
    told = life(2, ("2026-03-05T08:00", PRO), ("2026-03-05T20:00", gone(PRO)))
    assert table(desk(store, told, NOW).report("cohorts")) == [
        ("2026-03", "usd", 0, 1, 0, 0, 0, 0.0, None),
        ("2026-03", "usd", 1, 1, 0, 0, 0, 0.0, None),
    ]


def test_a_trial_and_a_free_plan_begin_with_their_first_mrr(store: Store) -> None:
    trial = PRO | {"status": "trialing"}
    told = [
        *life(1, ("2026-02-10", trial), ("2026-03-10", PRO)),
        *life(2, ("2026-01-10", FREE), ("2026-04-01", PRO)),
    ]
    assert [row[:4] for row in table(desk(store, told, NOW).report("cohorts"))] == [
        ("2026-03", "usd", 0, 1),
        ("2026-03", "usd", 1, 1),
        ("2026-04", "usd", 0, 1),
    ]


def test_each_currency_has_cohorts_of_its_own(store: Store) -> None:
    yen, dinar = worth(2900, currency="jpy"), worth(29_000, currency="kwd")
    told = [
        *life(1, ("2026-04-01", yen)),
        *life(1, ("2026-04-01", dinar), subscription="sub_k"),
        *life(2, ("2026-04-02", dinar)),
    ]
    report = desk(store, told, NOW).report("cohorts")
    assert [row[:7] for row in table(report)] == [
        ("2026-04", "jpy", 0, 1, 1, 2900, 2900),
        ("2026-04", "kwd", 0, 2, 2, 58_000, 58_000),
    ]
    assert report.totals == {
        "jpy": {"customers": 1, "mrr_retained_minor": 2900},
        "kwd": {"customers": 2, "mrr_retained_minor": 58_000},
    }


@pytest.mark.parametrize(
    ("policy", "cohort"),
    [("portside", "2026-03"), ("stripe", "2026-02"), ("chartmogul", "2026-03")],
)
def test_months_are_the_business_s_and_utc_s_for_stripe(
    policy: str, cohort: str, store: Store
) -> None:
    told = life(1, ("2026-02-28T23:30", PRO))
    portside = desk(store, told, NOW, timezone="Europe/Berlin", policy=policy)
    assert table(portside.report("cohorts"))[0][0] == cohort


def test_the_running_month_is_marked(store: Store) -> None:
    report = desk(store, life(1, ("2026-03-10", PRO)), NOW).report("cohorts")
    assert [(row["complete"], row["small_sample"]) for row in report.rows] == [
        (True, True),
        (False, True),
    ]
    over = desk(store, [], NOW).report("cohorts", as_of="2026-03-31")
    assert [row["complete"] for row in over.rows] == [True]


def test_days_bound_the_cohorts_and_not_the_months_they_are_followed_for(store: Store) -> None:
    told = [*life(1, ("2026-01-10", PRO)), *life(2, ("2026-02-10", PRO), ("2026-04-01", gone(PRO)))]
    rows = table(desk(store, told, NOW).report("cohorts", start="2026-02-01", end="2026-02-28"))
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("2026-02", 0, 1),
        ("2026-02", 1, 1),
        ("2026-02", 2, 0),
    ]


def test_the_page_s_cohorts_are_the_report_s(store: Store) -> None:
    told = [*life(1, ("2026-01-10", PRO)), *life(2, ("2026-02-10", PRO), ("2026-04-01", gone(PRO)))]
    portside = desk(store, told, NOW)
    shown = [
        (month.cohort, month.index, month.kept, month.mrr_retention.value)
        for month in portside.cohorts("usd")
    ]
    assert shown == [(r[0], r[2], r[4], r[8]) for r in table(portside.report("cohorts"))]
    assert portside.cohorts("eur") == ()


def test_nobody_is_no_cohort(store: Store) -> None:
    assert desk(store, [], NOW).report("cohorts").rows == []
