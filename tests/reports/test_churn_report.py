"""Churn: what happened to a few customers in, literal rows out."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.filters import Filters
from lib.billing.reports import Report
from lib.billing.store.engine import Store
from tests.reports.ledger import at, created, customer, desk
from tests.reports.lives import gone, life, worth

ASKED, FAILED = "cancellation_requested", "payment_failed"
PRO, BIG = worth(2900), worth(9900)
NOW = "2026-04-15T12:00"

STAYS = life(1, ("2026-01-10", PRO))
LEAVES = life(2, ("2026-01-10", PRO), ("2026-03-10", gone(PRO, ASKED, "unused", comment="Bye")))
FAILS = life(3, ("2026-01-20", PRO), ("2026-03-20", gone(PRO, FAILED)))
CUT = life(4, ("2026-01-10", BIG), ("2026-03-12", PRO))
GROWS = life(5, ("2026-02-10", PRO), ("2026-03-12", BIG))
SAME_DAY = life(6, ("2026-03-05T08:00", PRO), ("2026-03-05T20:00", gone(PRO, ASKED, "unused")))
BACK = [
    *life(7, ("2026-01-10", PRO), ("2026-03-03", gone(PRO, ASKED))),
    *life(7, ("2026-03-25", PRO), subscription="sub_7b"),
]
UNPAID = life(8, ("2026-01-10", PRO), ("2026-03-07", PRO | {"status": "unpaid"}))
EVERYBODY = [*STAYS, *LEAVES, *FAILS, *CUT, *GROWS, *SAME_DAY, *BACK, *UNPAID]


def row(report: Report, period: str, currency: str = "usd") -> dict[str, Any]:
    [found] = [r for r in report.rows if (r["period"], r["currency"]) == (period, currency)]
    return found


def some(found: dict[str, Any], fields: str) -> tuple[Any, ...]:
    return tuple(found[field] for field in fields.split())


CUSTOMERS = "customers_start customers_new customers_churned customer_churn customers_end"
CAUSES = "voluntary involuntary unknown"


def test_a_month_in_which_everything_happened(store: Store) -> None:
    march = row(desk(store, EVERYBODY, NOW).report("churn"), "2026-03")
    # Three of the seven at the start left and stayed away; one came back, one came and went.
    assert some(march, CUSTOMERS) == (7, 1, 5, 0.428571, 4)
    assert some(march, CAUSES) == (3, 1, 1)
    assert march["reasons"] == {ASKED: 1, FAILED: 1, "unknown": 1, "unused": 2}
    assert some(march, "opening_minor new_minor reactivation_minor expansion_minor") == (
        27_300,
        2_900,
        2_900,
        7_000,
    )
    assert some(march, "contraction_minor churn_minor closing_minor") == (-7_000, -14_500, 18_600)
    assert some(march, "gross_mrr_churn net_mrr_churn grr nrr") == (
        0.787546,
        0.424908,
        0.212454,
        0.468864,
    )
    assert some(march, "quick_ratio arpa_minor ltv_minor") == (0.460465, 4_650, 10_850)
    assert march["small_sample"] is True
    assert march["complete"] is True


def test_net_churn_and_nrr_differ_by_who_came_back(store: Store) -> None:
    march = row(desk(store, EVERYBODY, NOW).report("churn"), "2026-03")
    came_back = march["reactivation_minor"] / march["opening_minor"]
    assert march["nrr"] == pytest.approx(1 - march["net_mrr_churn"] - came_back, abs=2e-6)


def test_the_first_month_has_no_rates_and_says_why(store: Store) -> None:
    january = row(desk(store, EVERYBODY, NOW).report("churn"), "2026-01")
    assert some(january, "customers_start customer_churn grr nrr ltv_minor") == (
        0,
        None,
        None,
        None,
        None,
    )
    assert (
        "customer_churn: There were no customers at the start of the period." in january["absent"]
    )
    assert "grr: There was no MRR at the start of the period." in january["absent"]


def test_an_empty_company_has_no_rows(store: Store) -> None:
    report = desk(store, [], NOW).report("churn")
    assert (report.rows, report.totals) == ([], {})


POLICIES = {
    # Stripe's is of 2 March to the end of 31 March: everybody who left ÷ start plus new.
    "stripe": ("month", (7, 1, 5, 0.625), (5, 8)),
    "profitwell": ("month", (7, 0, 4, 0.428571), (3, 7)),
    "portside": ("month", (7, 1, 5, 0.428571), (3, 7)),
}


@pytest.mark.parametrize(("by", "expected", "parts"), POLICIES.values(), ids=POLICIES)
def test_each_policy_counts_leavers_in_its_way(
    by: str, expected: tuple[Any, ...], parts: tuple[int, int], store: Store, request: Any
) -> None:
    policy = next(name for name in POLICIES if name in request.node.name)
    portside = desk(store, EVERYBODY, NOW, policy=policy)
    march = row(portside.report("churn", by=by), "2026-03")
    assert some(march, CUSTOMERS)[:4] == expected
    assert some(march, "churn_numerator churn_denominator") == parts


def test_stripe_s_month_is_thirty_days_before_its_end(store: Store) -> None:
    """On 1 March at noon somebody left: within March, but 30 days and a half before its end."""
    told = [
        *life(1, ("2026-01-10", PRO)),
        *life(2, ("2026-01-10", PRO), ("2026-03-01T12:00", gone(PRO))),
        *life(3, ("2026-01-10", PRO), ("2026-03-02", gone(PRO))),
        *life(4, ("2026-03-01T13:00", PRO)),
        *life(5, ("2026-03-31T23:59:59", PRO)),
    ]
    portside = desk(store, told, NOW, policy="stripe")
    march = row(portside.report("churn"), "2026-03")
    assert some(march, "customers_start customers_new customers_churned") == (3, 2, 2)
    # At 2 March 00:00: 1, 3 and 4 are there; 3 leaves at that very second; 5 joins.
    assert some(march, "churn_numerator churn_denominator customer_churn") == (1, 4, 0.25)
    week = row(portside.report("churn", by="week"), "2026-W09")
    assert some(week, "customers_start customers_new churn_numerator churn_denominator") == (
        3,
        1,
        1,
        4,
    )


def test_new_and_churned_in_one_month_is_neither_for_profitwell_also_by_weeks(
    store: Store,
) -> None:
    told = [*STAYS, *life(6, ("2026-03-02", PRO), ("2026-03-27", gone(PRO, ASKED)))]
    weeks = desk(store, told, NOW, policy="profitwell").report("churn", by="week")
    assert some(row(weeks, "2026-W10"), "customers_new customers_churned") == (0, 0)
    last = row(weeks, "2026-W13")
    assert some(last, "customers_start customers_churned customer_churn") == (2, 0, 0.0)
    across = life(60, ("2026-02-27", PRO), ("2026-03-01", gone(PRO, ASKED)))
    months = desk(store, across, NOW, policy="profitwell").report("churn")
    assert row(months, "2026-03")["customers_churned"] == 1


def test_the_same_weeks_count_it_as_churn_for_everybody_else(store: Store) -> None:
    told = [*STAYS, *life(6, ("2026-03-02", PRO), ("2026-03-27", gone(PRO, ASKED)))]
    weeks = desk(store, told, NOW).report("churn", by="week")
    assert some(row(weeks, "2026-W10"), "customers_new customers_churned") == (1, 0)
    assert row(weeks, "2026-W13")["customer_churn"] == 0.5


def test_chartmogul_s_lifetime_is_of_six_complete_months(store: Store) -> None:
    """One of two left in March: 1 ÷ (0 + 2 + 2 + 1 …) over the months before each end."""
    told = [*STAYS, *life(2, ("2026-01-10", PRO), ("2026-03-10", gone(PRO)))]
    portside = desk(store, told, NOW, policy="chartmogul")
    months = portside.report("churn")
    # To the end of March: starts of January to March are 0, 2 and 2.
    assert row(months, "2026-03")["ltv_minor"] == 2900 * 4
    # April is not over: its month is not in it, and MRR is April's.
    assert row(months, "2026-04")["ltv_minor"] == 2900 * 4
    own = portside.report("churn", policy="portside")
    assert row(own, "2026-03")["ltv_minor"] == 2900 * 2
    assert row(own, "2026-04")["ltv_minor"] is None


def test_a_price_cut_churns_nobody(store: Store) -> None:
    march = row(desk(store, CUT, NOW).report("churn"), "2026-03")
    assert some(march, "customers_churned customer_churn contraction_minor") == (0, 0.0, -7_000)


def test_one_of_two_subscriptions_that_ends_churns_nobody(store: Store) -> None:
    told = [*STAYS, *life(1, ("2026-01-12", BIG), ("2026-03-10", gone(BIG)), subscription="sub_b")]
    march = row(desk(store, told, NOW).report("churn"), "2026-03")
    assert some(march, "customers_churned contraction_minor churn_minor") == (0, -9_900, 0)


def test_a_change_of_currency_is_churn_in_one_and_new_in_the_other(store: Store) -> None:
    euros = worth(1900, currency="eur")
    told = [
        *life(1, ("2026-01-10", PRO), ("2026-03-10T10:00", gone(PRO))),
        *life(1, ("2026-03-10T10:10", euros), subscription="sub_e"),
    ]
    months = desk(store, told, NOW).report("churn")
    assert some(row(months, "2026-03"), "customers_churned customers_switched") == (1, 1)
    assert some(row(months, "2026-03", "eur"), CUSTOMERS) == (0, 1, 0, None, 1)


def test_a_customer_in_two_currencies_is_one_of_each(store: Store) -> None:
    told = [
        *STAYS,
        *life(1, ("2026-01-10", worth(1900, currency="eur")), subscription="sub_e"),
    ]
    months = desk(store, told, NOW).report("churn")
    assert [row(months, "2026-02", code)["customers_start"] for code in ("eur", "usd")] == [1, 1]


@pytest.mark.parametrize(("currency", "minor"), [("jpy", 2900), ("kwd", 2900)])
def test_currencies_of_no_and_of_three_decimals_are_whole_minor_units(
    currency: str, minor: int, store: Store
) -> None:
    own = worth(2900, currency=currency)
    told = [*life(1, ("2026-01-10", own)), *life(2, ("2026-01-10", own), ("2026-03-10", gone(own)))]
    march = row(desk(store, told, NOW).report("churn"), "2026-03", currency)
    assert some(march, "churn_minor arpa_minor ltv_minor") == (-minor, minor, 2 * minor)


def test_midnight_of_the_business_decides_the_month(store: Store) -> None:
    """23:30 UTC on 28 February is March in Berlin, and on 29 March Berlin loses an hour."""
    told = [
        *STAYS,
        *life(2, ("2026-01-10", PRO), ("2026-02-28T23:30", gone(PRO))),
        *life(3, ("2026-01-10", PRO), ("2026-03-31T21:59:59", gone(PRO))),
        *life(4, ("2026-01-10", PRO), ("2026-03-31T22:00", gone(PRO))),
    ]
    utc = desk(store, told, NOW).report("churn")
    berlin = desk(store, [], NOW, timezone="Europe/Berlin").report("churn")
    months = ("2026-02", "2026-03", "2026-04")
    assert [row(utc, month)["customers_churned"] for month in months] == [1, 2, 0]
    assert [row(berlin, month)["customers_churned"] for month in months] == [0, 2, 1]


def test_an_earlier_as_of_does_not_know_what_came_later(store: Store) -> None:
    portside = desk(store, EVERYBODY, NOW)
    march = row(portside.report("churn", as_of="2026-03-09"), "2026-03")
    assert some(march, "customers_churned complete") == (3, False)


def test_days_bound_the_periods_and_a_currency_the_rows(store: Store) -> None:
    report = desk(store, EVERYBODY, NOW).report(
        "churn", start="2026-03-01", end="2026-03-31", currency="usd"
    )
    assert [(r["period"], r["customers_start"]) for r in report.rows] == [("2026-03", 7)]
    assert report.totals == {
        "usd": {"customers_churned": 5, "voluntary": 3, "involuntary": 1, "unknown": 1}
    }


def test_rates_below_zero_are_numbers_in_files(store: Store) -> None:
    grows = desk(store, GROWS, NOW).report("churn", start="2026-03-01", end="2026-03-31")
    assert ",-2.413793," in grows.to_csv()


def test_the_first_time_seen_mid_life_is_marked_reconstructed(store: Store) -> None:
    from tests.domain.states import seen

    known = seen(PRO, at("2026-03-01"), customer="cus_1")
    months = desk(store, [known, *life(2, ("2026-03-10", PRO))], NOW).report("churn")
    marks = [(r["period"], r["reconstructed"]) for r in months.rows]
    assert marks == [
        ("2026-01", True),
        ("2026-02", True),
        ("2026-03", False),
        ("2026-04", False),
    ]


TRIAL = PRO | {
    "status": "trialing",
    "trial_start": at("2026-03-01"),
    "trial_end": at("2026-03-15"),
}
TRIED = TRIAL | {"status": "active"}
TRIALS = {
    "became active": ([("2026-03-01", TRIAL), ("2026-03-15", TRIED)], (1, 1)),
    "active with an unpaid first invoice": (
        [
            ("2026-03-01", TRIAL),
            ("2026-03-15", TRIED),
            ("2026-03-16", TRIED | {"status": "unpaid"}),
        ],
        (1, 1),
    ),
    "ended with the trial": ([("2026-03-01", TRIAL), ("2026-03-15", gone(TRIAL))], (1, 0)),
    "ended before the trial did": ([("2026-03-01", TRIAL), ("2026-03-05", gone(TRIAL))], (1, 0)),
    "paid, and ended since": (
        [("2026-03-01", TRIAL), ("2026-03-15", TRIED), ("2026-04-01", gone(TRIED))],
        (1, 1),
    ),
    "paused for want of a card": (
        [("2026-03-01", TRIAL), ("2026-03-15", TRIAL | {"status": "paused"})],
        (1, 0),
    ),
    "still awaited": ([("2026-03-01", TRIAL)], (0, 0)),
    "no trial": ([("2026-03-01", PRO)], (0, 0)),
}


@pytest.mark.parametrize(("turns", "expected"), TRIALS.values(), ids=TRIALS)
def test_trials_that_ended_and_those_that_became_active(
    turns: list[Any], expected: tuple[int, int], store: Store
) -> None:
    march = row(desk(store, [*STAYS, *life(9, *turns)], NOW).report("churn"), "2026-03")
    assert some(march, "trials_ended trials_converted") == expected


# who left, one by one


def test_the_list_is_those_behind_the_number_with_what_they_said(store: Store) -> None:
    ann = created("customer", "cus_2", customer(email="ann@example.com"), "2026-01-01", "cus_2")
    portside = desk(store, [ann, *EVERYBODY], NOW)
    report = portside.report("churned", start="2026-03-01", end="2026-03-31")
    assert [(r["left_at"][:10], r["customer_id"], r["cause"]) for r in report.rows] == [
        ("2026-03-03", "cus_7", "voluntary"),
        ("2026-03-05", "cus_6", "voluntary"),
        ("2026-03-07", "cus_8", "unknown"),
        ("2026-03-10", "cus_2", "voluntary"),
        ("2026-03-20", "cus_3", "involuntary"),
    ]
    assert report.rows[0]["back_at"] == "2026-03-25T00:00:00Z"
    assert some(report.rows[3], "email feedback comment mrr_minor plan joined_at") == (
        "ann@example.com",
        "unused",
        "Bye",
        2900,
        "pro",
        "2026-01-10T00:00:00Z",
    )
    assert report.totals == {"usd": {"customers": 5, "mrr_minor": 14_500}}


MARCH = {"starts": at("2026-03-01"), "ends": at("2026-04-01"), "currencies": ("usd",)}


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, ["cus_3", "cus_2", "cus_8", "cus_6", "cus_7"]),
        ({"causes": ("involuntary",)}, ["cus_3"]),
        ({"reasons": ("unused",)}, ["cus_2", "cus_6"]),
        ({"reasons": ("unknown",)}, ["cus_8"]),
        ({"plans": ("starter",)}, []),
        (
            {"intervals": ("month",), "sort": "left_at"},
            ["cus_7", "cus_6", "cus_8", "cus_2", "cus_3"],
        ),
        ({"stays": ("joined_since",)}, ["cus_6"]),
        ({"stays": ("under_90_days",)}, ["cus_3", "cus_2", "cus_8", "cus_7"]),
        ({"text": "cus_8"}, ["cus_8"]),
        ({"currencies": ("eur",)}, []),
        ({"limit": 2, "offset": 1}, ["cus_2", "cus_8"]),
    ],
    ids=str,
)
def test_the_list_is_narrowed_sorted_and_paged(
    narrowed: dict[str, Any], found: list[str], store: Store
) -> None:
    listing = desk(store, EVERYBODY, NOW).churned(Filters(**{**MARCH, **narrowed}))
    assert [item.customer_id for item in listing.rows] == found


def test_a_page_of_the_list_knows_the_whole_and_what_to_choose_from(store: Store) -> None:
    listing = desk(store, EVERYBODY, NOW).churned(Filters(**MARCH, limit=1))
    assert (listing.total, listing.sums[0].amount_minor) == (5, 14_500)
    assert listing.choices == {
        "plans": ("pro",),
        "intervals": ("month",),
        "reasons": (ASKED, FAILED, "unknown", "unused"),
    }


def test_the_file_of_the_page_holds_what_the_page_shows(store: Store) -> None:
    portside = desk(store, EVERYBODY, NOW)
    filters = Filters(**MARCH, reasons=("unused",))
    rows = portside.export("churned", filters).rows
    assert {row["customer_id"] for row in rows} == {
        item.customer_id for item in portside.churned(filters).rows
    }
    weeks = portside.export("churn", Filters(**MARCH, by="week")).rows
    assert [row["period"] for row in weeks][0::4] == ["2026-W09", "2026-W13"]


def test_parts_of_the_customers_at_the_start(store: Store) -> None:
    yearly = worth(34_800, key="pro_yearly")
    told = [*EVERYBODY, *life(9, ("2025-01-01", yearly), ("2026-03-02", gone(yearly, ASKED)))]
    portside = desk(store, told, NOW)
    span = ("usd", MARCH["starts"], MARCH["ends"])
    assert _parts(portside.churn_parts("plan", *span)) == [("pro", 8, 4, 11_600)]
    assert _parts(portside.churn_parts("interval", *span)) == [
        ("month", 7, 3, 8_700),
        ("year", 1, 1, 2_900),
    ]
    assert _parts(portside.churn_parts("stay", *span)) == [
        ("under_90_days", 7, 3, 8_700),
        ("1_to_2_years", 1, 1, 2_900),
    ]


def _parts(parts: Any) -> list[tuple[Any, ...]]:
    return [(part.name, part.customers, part.lost, part.lost_minor) for part in parts]


def test_the_page_s_periods_are_the_report_s(store: Store) -> None:
    portside = desk(store, EVERYBODY, NOW)
    assert portside.paid_currencies() == ("usd",)
    for by in ("week", "month", "quarter"):
        told = {r["period"]: r for r in portside.report("churn", by=by).rows}
        for period in portside.churn_periods(by, "usd"):
            assert period.churn.value == told[period.name]["customer_churn"]
            assert period.churned == told[period.name]["customers_churned"]
            assert period.moved.closing_minor == told[period.name]["closing_minor"]
