"""Rates: published vectors, a ledger per definition, and what has no value and says so."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from lib.billing.domain import churn_rates as rates
from lib.billing.domain.churn_rates import Moved
from lib.billing.domain.metrics import METRICS
from lib.billing.domain.ratio import Ratio

from .test_movements import DAY, T, ended, history, kinds, paying

VECTORS = {v["id"]: v for v in json.loads((Path(__file__).parent / "vectors.json").read_text())}


def moved(vector: dict[str, int]) -> Moved:
    """Published magnitudes, signed."""
    return Moved(
        opening_minor=vector.get("start", 0),
        new_minor=vector.get("new", 0),
        reactivation_minor=vector.get("reactivation", 0),
        expansion_minor=vector.get("expansion", 0),
        contraction_minor=-vector.get("contraction", 0),
        churn_minor=-vector.get("churn", 0),
    )


def given(vector: str) -> dict:
    return VECTORS[vector]["in"]


PUBLISHED = [
    pytest.param(
        lambda v: rates.customer_churn_stripe(v["churned"], v["active_start"], v["new"]).value,
        "stripe-subscriber-churn",
        0.090909,
        id="Stripe Billing glossary: subscriber churn",
    ),
    pytest.param(
        lambda v: rates.net_mrr_churn(moved(v)).value,
        "chartmogul-net-mrr-churn",
        0.1,
        id="ChartMogul help: net MRR churn",
    ),
    pytest.param(
        lambda v: rates.gross_mrr_churn(moved(v)).value,
        "chartmogul-gross-mrr-churn",
        0.2,
        id="ChartMogul help: gross MRR churn",
    ),
    pytest.param(
        lambda v: rates.grr(moved(v)).value,
        "chartmogul-grr",
        0.8,
        id="ChartMogul help: gross revenue retention",
    ),
    pytest.param(
        lambda v: rates.quick_ratio(moved(v)).value,
        "quick-ratio",
        3.5,
        id="published example: quick ratio",
    ),
]


@pytest.mark.parametrize(("formula", "vector", "printed"), PUBLISHED)
def test_a_formula_gives_what_was_published(formula, vector: str, printed: float) -> None:
    assert VECTORS[vector]["out"] == printed
    assert formula(given(vector)) == printed


def test_stripe_s_lifetime_value_is_exact_where_stripe_prints_one_of_a_rounded_rate() -> None:
    """The Stripe Billing glossary prints 5,555: 500 ÷ 9 %. Its own 10 ÷ 110 gives 5,500."""
    v = given("stripe-ltv")
    churn = rates.customer_churn_stripe(v["churned"], v["active_start"], v["new"])
    found = rates.in_minor(rates.ltv(rates.arpa(v["arpu_minor"] * 7, 7), churn))
    assert found == VECTORS["stripe-ltv"]["out"]["minor"] == 550_000
    assert rates.in_minor(Ratio(v["arpu_minor"] * 100, 9)) == 555_556


def test_chartmogul_s_lifetime_value() -> None:
    v = given("chartmogul-ltv")
    found = rates.ltv(rates.arpa(v["arpa_minor"], 1), Ratio(Fraction(str(v["churn"])), 1))
    assert rates.in_minor(found) == VECTORS["chartmogul-ltv"]["out"]["minor"]


def test_stripe_s_revenue_cohort_keeps_97_5_per_cent_where_stripe_prints_102_5() -> None:
    """100 × 10.00; ten leave, five of those who stay go to 25.00: 900 + 75 of 1,000."""
    v = given("stripe-revenue-cohort")
    start = v["start"]["customers"] * v["start"]["each_minor"]
    gained = v["upgraded"]["count"] * (v["upgraded"]["to_minor"] - v["start"]["each_minor"])
    kept = start - v["churned"] * v["start"]["each_minor"] + gained
    assert rates.retention(kept, start, v["start"]["customers"]).value == 0.975
    assert VECTORS["stripe-revenue-cohort"]["out"] == 0.975
    whole = Moved(opening_minor=start, churn_minor=-10_000, expansion_minor=gained)
    assert rates.nrr(whole).value == 0.975


def test_stripe_s_churned_revenue_is_what_ended_and_what_was_cut() -> None:
    v = given("stripe-churned-revenue")
    [canceled], [(was, now)] = v["canceled"], v["downgraded"]
    told = [
        *history(
            "y",
            (T, paying(canceled["amount_minor"], interval=canceled["interval"])),
            (T + DAY, ended(canceled["amount_minor"], T + DAY, interval=canceled["interval"])),
        )
    ]
    [_, (kind, churned)] = kinds(told)
    [_, (other, contracted)] = kinds(history("s", (T, paying(was)), (T + DAY, paying(now))))
    assert (kind, other) == ("churn", "contraction")
    lost = rates.gross_mrr_churn(
        Moved(opening_minor=10_000, churn_minor=churned, contraction_minor=contracted)
    )
    assert lost.numerator == VECTORS["stripe-churned-revenue"]["out"]["minor"] == 3_500


def test_a_price_cut_is_contraction_and_nobody_churned() -> None:
    before, after = given("price-cut-is-contraction")
    out = VECTORS["price-cut-is-contraction"]["out"]
    assert kinds(history("s", (T, paying(before)), (T + DAY, paying(after)))) == [
        ("new", before),
        ("contraction", out["contraction_minor"]),
    ]
    assert rates.customer_churn(0, 1).value == out["customer_churn"] == 0


MONTH = Moved(
    opening_minor=100_000,
    new_minor=30_000,
    reactivation_minor=4_000,
    expansion_minor=10_000,
    contraction_minor=-5_000,
    churn_minor=-15_000,
    customers=40,
)
LEDGER = {
    "customer churn": (rates.customer_churn(3, 40), 3, 40, 0.075),
    "customer churn, Stripe's": (rates.customer_churn_stripe(5, 40, 10), 5, 50, 0.1),
    "gross MRR churn": (rates.gross_mrr_churn(MONTH), 20_000, 100_000, 0.2),
    "net MRR churn": (rates.net_mrr_churn(MONTH), 6_000, 100_000, 0.06),
    "GRR": (rates.grr(MONTH), 80_000, 100_000, 0.8),
    "NRR, without reactivation": (rates.nrr(MONTH), 90_000, 100_000, 0.9),
    "ARPA": (rates.arpa(124_000, 47), 124_000, 47, 2638.297872),
    "LTV": (rates.ltv(Ratio(1_000, 1), Ratio(1, 20)), 20_000, 1, 20_000.0),
    "quick ratio": (rates.quick_ratio(MONTH), 40_000, 20_000, 2.0),
    "quick ratio with reactivation": (
        rates.quick_ratio(MONTH, reactivation=True),
        44_000,
        20_000,
        2.2,
    ),
    "trial conversion": (rates.trial_conversion(9, 12), 9, 12, 0.75),
    "save rate": (rates.save_rate(1, 3), 1, 3, 0.333333),
    "cohort": (rates.retention(18, 24, 24), 18, 24, 0.75),
    "several months as one": (rates.pooled([Ratio(1, 10), Ratio(0, 30)]), 1, 40, 0.025),
}


@pytest.mark.parametrize(
    ("ratio", "numerator", "denominator", "value"), LEDGER.values(), ids=LEDGER
)
def test_a_rate_shows_what_it_is_made_of(
    ratio: Ratio, numerator: int, denominator: int, value: float
) -> None:
    assert (ratio.numerator, ratio.denominator, ratio.value) == (numerator, denominator, value)
    assert ratio.reason is None


def test_closing_is_opening_and_all_that_moved() -> None:
    assert MONTH.closing_minor == 124_000


def test_nrr_is_not_one_less_net_churn_where_somebody_came_back() -> None:
    assert rates.nrr(MONTH).value != 1 - rates.net_mrr_churn(MONTH).value


ABSENT = {
    "no customers": (rates.customer_churn(0, 0), rates.NO_CUSTOMERS),
    "nobody active, nobody new": (
        rates.customer_churn_stripe(0, 0, 0),
        "Nobody was active at the start of the period, and nobody joined in it.",
    ),
    "no MRR at the start": (rates.gross_mrr_churn(Moved(new_minor=5)), rates.NO_MRR),
    "nor for retention": (rates.nrr(Moved(new_minor=5)), rates.NO_MRR),
    "nothing lost": (rates.quick_ratio(Moved(new_minor=5)), rates.NOTHING_LOST),
    "nobody pays": (rates.arpa(0, 0), rates.NOBODY_PAYS),
    "nobody churned": (rates.ltv(Ratio(5, 1), Ratio(0, 9)), rates.NOBODY_CHURNED),
    "no churn, no LTV": (
        rates.ltv(Ratio(5, 1), rates.customer_churn(0, 0)),
        rates.NO_CUSTOMERS,
    ),
    "no ARPA, no LTV": (rates.ltv(rates.arpa(0, 0), Ratio(1, 9)), rates.NOBODY_PAYS),
    "no trial": (rates.trial_conversion(0, 0), rates.NO_TRIALS),
    "no day has passed": (rates.save_rate(0, 0), rates.NOT_MATURED),
    "no month has passed": (rates.pooled([]), rates.TOO_YOUNG),
    "months without customers": (rates.pooled([Ratio(0, 0)]), rates.NO_CUSTOMERS),
}


@pytest.mark.parametrize(("ratio", "reason"), ABSENT.values(), ids=ABSENT)
def test_a_rate_that_cannot_be_is_absent_and_says_why(ratio: Ratio, reason: str) -> None:
    assert ratio.value is None
    assert rates.in_minor(ratio) is None
    assert ratio.reason == reason


@pytest.mark.parametrize(("customers", "small"), [(0, True), (19, True), (20, False)])
def test_fewer_than_twenty_customers_are_a_small_sample(customers: int, small: bool) -> None:
    assert rates.customer_churn(0, customers).small is small
    assert rates.grr(Moved(opening_minor=1, customers=customers)).small is small


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("cancellation_requested", "voluntary"),
        ("payment_failed", "involuntary"),
        ("payment_disputed", "involuntary"),
        (None, "unknown"),
        ("something_new", "unknown"),
    ],
)
def test_whose_decision_it_was_is_stripe_s_reason_and_nothing_is_guessed(
    reason: str | None, cause: str
) -> None:
    assert rates.churn_cause(reason) == cause


@pytest.mark.parametrize(
    ("amount", "customers", "minor"),
    [(100, 3, 33), (200, 3, 67), (5, 2, 3), (1, 3, 0)],
    ids=["down", "up", "half goes up", "less than one"],
)
def test_amounts_are_rounded_once_half_up(amount: int, customers: int, minor: int) -> None:
    assert rates.in_minor(rates.arpa(amount, customers)) == minor


@pytest.mark.parametrize(
    "slug",
    (
        "customer_churn gross_mrr_churn net_mrr_churn grr nrr arpa ltv quick_ratio "
        "trial_conversion save_rate cohort_customers cohort_mrr part_churn"
    ).split(),
)
def test_a_metric_that_is_a_formula_names_it(slug: str) -> None:
    function = METRICS[slug].function
    assert function is not None
    assert getattr(rates, function.__name__) is function
