"""What stands out of who left and of what will: plans, causes, reasons, weeks."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from .facts import Facts, PlanChurn
from .insight import LEAST_EARLIER, SIGMAS, Insight, decimal, listed, of_all, percent, word
from .ratio import SMALL_SAMPLE
from .said import Count, said

LEAST_CHURNED: Final = 3
LEADING_SHARE: Final = Fraction(2, 5)
"""Of everything, when one reason, cause or week is said to lead."""


def plan_churn_rose(facts: Facts) -> Insight | None:
    """More customers left one plan than its earlier months make likely; the plan with the most."""
    found = [
        (plan.churned - plan.expected, plan)
        for plan in facts.plans
        if _judged(plan) and plan.churned >= LEAST_CHURNED and _far(plan) > 0
    ]
    if not found:
        return None
    _, plan = max(found, key=lambda pair: (pair[0], pair[1].plan))
    return _plan_churn("plan_churn_rose", facts, plan, good=False)


def plan_churn_fell(facts: Facts) -> Insight | None:
    """Fewer customers left one plan than its earlier months make likely."""
    found = [
        (plan.expected - plan.churned, plan)
        for plan in facts.plans
        if _judged(plan) and _far(plan) < 0
    ]
    if not found:
        return None
    _, plan = max(found, key=lambda pair: (pair[0], pair[1].plan))
    return _plan_churn("plan_churn_fell", facts, plan, good=True)


def _judged(plan: PlanChurn) -> bool:
    return plan.customers >= SMALL_SAMPLE and len(plan.earlier) >= LEAST_EARLIER


def _far(plan: PlanChurn) -> int:
    """1 far above what is expected, -1 far below it, 0 where chance alone would do."""
    distance = plan.churned - plan.expected
    if distance**2 <= SIGMAS * max(plan.expected, Fraction(1)):
        return 0
    return 1 if distance > 0 else -1


def _plan_churn(name: str, facts: Facts, plan: PlanChurn, *, good: bool) -> Insight:
    before = decimal(Fraction(sum(plan.earlier), len(plan.earlier)))
    return Insight(
        name=name,
        sentence=said(
            "Churn of {plan} was {churned} of {total} customers in {month} against {before} a "
            "month before.",
            plan=plan.name,
            churned=Count(plan.churned),
            total=Count(plan.customers),
            month=facts.month,
            before=before,
        ),
        good=good,
        evidence=(
            (
                said("Churned in {month}", month=facts.month),
                of_all(plan.churned, plan.customers),
            ),
            (
                said("In each of the {count} months before", count=Count(len(plan.earlier))),
                listed(plan.earlier),
            ),
            (
                said("With as many customers as now"),
                said("{number} a month", number=decimal(plan.expected)),
            ),
        ),
        page="churn",
        query=(("currency", facts.currency), ("view", "leavers"), ("plans", plan.plan)),
    )


def payments_drive_churn(facts: Facts) -> Insight | None:
    """Of those who churned in three months, many left because a payment failed."""
    churned, failed = sum(facts.causes.values()), facts.causes.get("involuntary", 0)
    if churned < SMALL_SAMPLE or Fraction(failed, churned) < LEADING_SHARE:
        return None
    return Insight(
        name="payments_drive_churn",
        sentence=said(
            "A failed payment ended {failed} of the {churned} customers who churned in the three "
            "months up to {month}.",
            failed=Count(failed),
            churned=Count(churned),
            month=facts.month,
        ),
        good=False,
        evidence=tuple((word(name), str(n)) for name, n in facts.causes.items()),
        page="failed-payments",
        query=(("currencies", facts.currency),),
    )


def one_reason_leads(facts: Facts) -> Insight | None:
    """Of what winds down, much has one reason."""
    ending = sum(facts.reasons.values())
    known = {reason: n for reason, n in facts.reasons.items() if reason != "unknown"}
    if ending < SMALL_SAMPLE or not known:
        return None
    reason = max(sorted(known), key=lambda slug: known[slug])
    if Fraction(known[reason], ending) < LEADING_SHARE:
        return None
    return Insight(
        name="one_reason_leads",
        sentence=said(
            "“{reason}” is the reason of {count} of the {total} subscriptions that wind down.",
            reason=word(reason),
            count=Count(known[reason]),
            total=Count(ending),
        ),
        good=False,
        evidence=tuple((word(slug), str(n)) for slug, n in known.items()),
        page="winding-down",
        query=(("currencies", facts.currency), ("reasons", reason)),
    )


def heavy_week(facts: Facts) -> Insight | None:
    """One of the coming weeks takes much of what leaves in all of them."""
    subscriptions, minor = (
        sum(w.subscriptions for w in facts.weeks),
        sum(w.minor for w in facts.weeks),
    )
    if subscriptions < SMALL_SAMPLE or minor <= 0:
        return None
    week = max(facts.weeks, key=lambda w: w.minor)
    if Fraction(week.minor, minor) < LEADING_SHARE:
        return None
    return Insight(
        name="heavy_week",
        sentence=said(
            "The week of {week} takes {share} of what leaves MRR in the next eight weeks, with "
            "{count} of {total} subscriptions.",
            week=week.name,
            share=percent(Fraction(week.minor, minor)),
            count=Count(week.subscriptions),
            total=Count(subscriptions),
        ),
        good=False,
        evidence=tuple(
            (said("Week of {week}", week=w.name), str(w.subscriptions)) for w in facts.weeks
        ),
        page="overview",
        query=(("currency", facts.currency), ("week", week.key)),
    )
