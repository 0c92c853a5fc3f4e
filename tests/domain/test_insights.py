"""Insights: what each says, and when it is silent."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lib.billing.domain import insights as told
from lib.billing.domain.facts import Facts, Leaving, PlanChurn, Trials
from lib.billing.domain.insight import decimal
from lib.billing.domain.insights import Rule

BARE = Facts(currency="usd", month="October", customers=248, mrr_minor=800_000)


def plan(
    churned: int, *earlier: int, customers: int = 60, growth: Fraction = Fraction(1)
) -> dict[str, Any]:
    made = PlanChurn("starter", "Starter", customers, churned, earlier, (growth,) * len(earlier))
    return {"plans": (made,)}


def trials(*months: tuple[int, int]) -> dict[str, Any]:
    return {"trials": tuple(Trials(ended, converted) for ended, converted in months)}


def weeks(*held: tuple[int, int]) -> dict[str, Any]:
    names = ("23 November", "30 November", "7 December")
    return {"weeks": tuple(Leaving(name, name, *of) for name, of in zip(names, held, strict=False))}


SAYS: dict[str, tuple[Rule, dict[str, Any], str]] = {
    "churn of a plan well above its months": (
        told.plan_churn_rose,
        plan(4, 1, 1, 2, 1, 1),
        "Churn of Starter was 4 of 60 customers in October against 1.2 a month before.",
    ),
    "churn of a plan that nobody left before": (
        told.plan_churn_rose,
        plan(3, 0, 0, 0),
        "Churn of Starter was 3 of 60 customers in October against 0 a month before.",
    ),
    "churn of a plan well below its months": (
        told.plan_churn_fell,
        plan(1, 8, 7, 9),
        "Churn of Starter was 1 of 60 customers in October against 8 a month before.",
    ),
    "trials that convert worse": (
        told.trial_conversion_moved,
        trials((50, 20), (50, 16), (50, 12), (40, 5)),
        "5 of 40 trials became customers in October (12.5%) against 48 of 150 (32%) in the three "
        "months before.",
    ),
    "trials that convert better": (
        told.trial_conversion_moved,
        trials((50, 10), (50, 10), (50, 10), (40, 20)),
        "20 of 40 trials became customers in October (50%) against 30 of 150 (20%) in the three "
        "months before.",
    ),
    "a customer with a tenth of it": (
        told.leans_on_one,
        {"largest_minor": 113_600},
        "The largest of 248 customers pays 14.2% of USD MRR.",
    ),
    "failed payments that end subscriptions": (
        told.payments_drive_churn,
        {"causes": {"involuntary": 12, "unknown": 2, "voluntary": 14}},
        "A failed payment ended 12 of the 28 customers who churned in the three months up to "
        "October.",
    ),
    "a reason that leads": (
        told.one_reason_leads,
        {"reasons": {"too_expensive": 14, "unused": 10, "unknown": 7}},
        "“Too expensive” is the reason of 14 of the 31 subscriptions that wind down.",
    ),
    "a week that takes most": (
        told.heavy_week,
        weeks((8, 3_000), (12, 4_500), (5, 2_500)),
        "The week of 30 November takes 45% of what leaves MRR in the next eight weeks, with 12 of "
        "25 subscriptions.",
    ),
    "expansion that outruns losses at last": (
        told.expansion_outran_losses,
        {"outran": (True, False, False, False, True)},
        "Expansion was more than churn and contraction in October, for the first time in 4 months.",
    ),
}

SILENT: dict[str, tuple[Rule, dict[str, Any]]] = {
    "nothing is known": (told.plan_churn_rose, {}),
    "the plan is small": (told.plan_churn_rose, plan(4, 1, 1, 2, 1, 1, customers=19)),
    "two customers are no trend": (told.plan_churn_rose, plan(2, 0, 0, 0)),
    "chance alone would do": (told.plan_churn_rose, plan(3, 1, 1, 2, 1, 1)),
    "two months are too few to compare": (told.plan_churn_rose, plan(9, 1, 1)),
    "three times the customers lose three times as many": (
        told.plan_churn_rose,
        plan(4, 1, 1, 2, 1, 1, growth=Fraction(3)),
    ),
    "churn that fell is not churn that rose": (told.plan_churn_rose, plan(1, 8, 7, 9)),
    "churn that rose is not churn that fell": (told.plan_churn_fell, plan(9, 1, 1, 1)),
    "a plan that few ever left cannot fall": (told.plan_churn_fell, plan(0, 1, 2, 1)),
    "a small plan that fell": (told.plan_churn_fell, plan(1, 8, 7, 9, customers=19)),
    "few trials in the month": (
        told.trial_conversion_moved,
        trials((50, 20), (50, 16), (50, 12), (19, 1)),
    ),
    "few trials before": (told.trial_conversion_moved, trials((6, 2), (7, 3), (6, 2), (40, 5))),
    "trials without three months before": (
        told.trial_conversion_moved,
        trials((50, 20), (50, 16), (40, 5)),
    ),
    "trials a little worse": (
        told.trial_conversion_moved,
        trials((50, 20), (50, 16), (50, 12), (40, 11)),
    ),
    "all trials always convert": (
        told.trial_conversion_moved,
        trials((50, 50), (50, 50), (50, 50), (40, 40)),
    ),
    "a customer with less than a tenth": (told.leans_on_one, {"largest_minor": 79_999}),
    "one of few customers": (told.leans_on_one, {"largest_minor": 400_000, "customers": 19}),
    "no MRR": (told.leans_on_one, {"mrr_minor": 0}),
    "few churned": (
        told.payments_drive_churn,
        {"causes": {"involuntary": 19}},
    ),
    "payments end few": (
        told.payments_drive_churn,
        {"causes": {"involuntary": 11, "voluntary": 17}},
    ),
    "few wind down": (told.one_reason_leads, {"reasons": {"too_expensive": 19}}),
    "no reason leads": (
        told.one_reason_leads,
        {"reasons": {"too_expensive": 12, "unused": 10, "unknown": 9}},
    ),
    "no reason is told": (told.one_reason_leads, {"reasons": {"unknown": 40}}),
    "few leave": (told.heavy_week, weeks((1, 500), (17, 9_000), (1, 500))),
    "no week takes most": (told.heavy_week, weeks((8, 3_300), (12, 3_400), (5, 3_300))),
    "nothing leaves": (told.heavy_week, weeks((0, 0), (0, 0))),
    "expansion that outran losses last month too": (
        told.expansion_outran_losses,
        {"outran": (False, False, False, True, True)},
    ),
    "expansion that outran losses two months ago": (
        told.expansion_outran_losses,
        {"outran": (True, True, False, False, True)},
    ),
    "expansion that is less": (told.expansion_outran_losses, {"outran": (False,) * 5}),
    "expansion of few customers": (
        told.expansion_outran_losses,
        {"outran": (False, False, False, False, True), "customers": 19},
    ),
}


@pytest.mark.parametrize(("rule", "facts", "sentence"), SAYS.values(), ids=SAYS)
def test_a_rule_says_what_it_saw(rule: Rule, facts: dict[str, Any], sentence: str) -> None:
    found = rule(replace(BARE, **facts))
    assert found is not None
    assert found.sentence == sentence
    assert found.evidence
    assert found.name in rule.__name__


@pytest.mark.parametrize(("rule", "facts"), SILENT.values(), ids=SILENT)
def test_a_rule_is_silent(rule: Rule, facts: dict[str, Any]) -> None:
    assert rule(replace(BARE, **facts)) is None


def test_every_rule_is_shown_to_speak_and_to_be_silent() -> None:
    assert {rule for rule, *_ in SAYS.values()} == set(told.RULES)
    assert {rule for rule, _ in SILENT.values()} == set(told.RULES)


def test_a_company_without_a_past_has_no_insight() -> None:
    assert told.insights(Facts(currency="usd", month="")) == ()


def test_the_worst_plan_is_told() -> None:
    plans = tuple(
        PlanChurn(name, name.capitalize(), 60, churned, (1, 1, 1), (Fraction(1),) * 3)
        for name, churned in (("starter", 5), ("pro", 9), ("business", 5))
    )
    found = told.plan_churn_rose(replace(BARE, plans=plans))
    assert found is not None
    assert found.sentence.startswith("Churn of Pro was 9")
    assert dict(found.query)["plans"] == "pro"


@pytest.mark.parametrize(
    ("value", "spelled"),
    [(Fraction(6, 5), "1.2"), (Fraction(1, 20), "0.1"), (Fraction(3), "3"), (Fraction(0), "0")],
    ids=str,
)
def test_one_digit_half_up(value: Fraction, spelled: str) -> None:
    assert decimal(value) == spelled
