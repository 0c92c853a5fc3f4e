"""What stands out: each rule says one sentence with the numbers behind it, or nothing.

A rule is a pure function of `Facts`. It is silent where a sample is small (fewer than
`ratio.SMALL_SAMPLE` customers, trials or subscriptions stand in its denominator), and where chance
alone would do: a count has to be further from what is expected than twice the root of it, two
shares further apart than twice their standard error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .facts import Facts, PlanChurn
from .money import round_half_up
from .ratio import SMALL_SAMPLE
from .said import Count, Said, said

LEAST_EARLIER: Final = 3
"""Complete months that have to be there before one can be held against them."""
LEAST_CHURNED: Final = 3
LARGE_SHARE: Final = Fraction(1, 10)
"""Of MRR, paid by one customer."""
LEADING_SHARE: Final = Fraction(2, 5)
"""Of everything, when one reason, cause or week is said to lead."""
SIGMAS: Final = 4
"""Twice the standard deviation, squared."""


@dataclass(frozen=True, slots=True)
class Insight:
    """``page`` with ``query`` shows the rows behind it; ``evidence``: what was compared."""

    name: str
    sentence: str
    good: bool
    evidence: tuple[tuple[str, str], ...]
    page: str
    query: tuple[tuple[str, str], ...] = ()


Rule = Callable[[Facts], "Insight | None"]


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
                _of(plan.churned, plan.customers),
            ),
            (
                said("In each of the {count} months before", count=Count(len(plan.earlier))),
                _listed(plan.earlier),
            ),
            (
                said("With as many customers as now"),
                said("{number} a month", number=decimal(plan.expected)),
            ),
        ),
        page="churn",
        query=(("currency", facts.currency), ("view", "leavers"), ("plans", plan.plan)),
    )


def trial_conversion_moved(facts: Facts) -> Insight | None:
    """Trials of the last complete month converted better or worse than the three before it."""
    if len(facts.trials) <= LEAST_EARLIER:
        return None
    last, earlier = facts.trials[-1], facts.trials[-1 - LEAST_EARLIER : -1]
    ended, converted = sum(t.ended for t in earlier), sum(t.converted for t in earlier)
    if min(last.ended, ended) < SMALL_SAMPLE:
        return None
    now, before = Fraction(last.converted, last.ended), Fraction(converted, ended)
    pooled = Fraction(last.converted + converted, last.ended + ended)
    variance = pooled * (1 - pooled) * (Fraction(1, last.ended) + Fraction(1, ended))
    if (now - before) ** 2 <= SIGMAS * variance:
        return None
    return Insight(
        name="trial_conversion_moved",
        sentence=said(
            "{converted} of {ended} trials became customers in {month} ({now}) against "
            "{was_converted} of {was_ended} ({before}) in the three months before.",
            converted=Count(last.converted),
            ended=Count(last.ended),
            month=facts.month,
            now=percent(now),
            was_converted=Count(converted),
            was_ended=Count(ended),
            before=percent(before),
        ),
        good=now > before,
        evidence=(
            (
                said("Trials that ended in {month}", month=facts.month),
                _of(last.converted, last.ended),
            ),
            (said("In the three months before"), _of(converted, ended)),
        ),
        page="upgrades",
        query=(("currency", facts.currency),),
    )


def leans_on_one(facts: Facts) -> Insight | None:
    """One customer pays a tenth of MRR or more."""
    if facts.customers < SMALL_SAMPLE or facts.mrr_minor <= 0:
        return None
    share = Fraction(facts.largest_minor, facts.mrr_minor)
    if share < LARGE_SHARE:
        return None
    return Insight(
        name="leans_on_one",
        sentence=said(
            "The largest of {count} customers pays {share} of {currency} MRR.",
            count=Count(facts.customers),
            share=percent(share),
            currency=facts.currency.upper(),
        ),
        good=False,
        evidence=(
            (said("Share of MRR"), percent(share)),
            (said("Customers"), said("{count}", count=Count(facts.customers))),
        ),
        page="plan-mix",
        query=(("currency", facts.currency),),
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
        evidence=tuple((_word(name), str(n)) for name, n in facts.causes.items()),
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
            reason=_word(reason),
            count=Count(known[reason]),
            total=Count(ending),
        ),
        good=False,
        evidence=tuple((_word(slug), str(n)) for slug, n in known.items()),
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


def expansion_outran_losses(facts: Facts) -> Insight | None:
    """Expansion was more than churn and contraction, which it had not been for months."""
    *earlier, last = facts.outran or (False,)
    if facts.customers < SMALL_SAMPLE or not last:
        return None
    months = next((n for n, won in enumerate(reversed(earlier)) if won), len(earlier))
    if months < LEAST_EARLIER:
        return None
    return Insight(
        name="expansion_outran_losses",
        sentence=said(
            "Expansion was more than churn and contraction in {month}, for the first time in "
            "{count} months.",
            month=facts.month,
            count=Count(months + 1),
        ),
        good=True,
        evidence=((said("Months before in which it was less"), str(months)),),
        page="mrr",
        query=(("currency", facts.currency),),
    )


RULES: Final[tuple[Rule, ...]] = (
    plan_churn_rose,
    trial_conversion_moved,
    payments_drive_churn,
    one_reason_leads,
    heavy_week,
    leans_on_one,
    expansion_outran_losses,
    plan_churn_fell,
)
"""In the order in which they are told."""


def insights(facts: Facts) -> tuple[Insight, ...]:
    """Everything that stands out."""
    return tuple(found for rule in RULES if (found := rule(facts)) is not None)


def percent(share: Fraction) -> Said:
    """``14.2%``, half up."""
    return said("{number}%", number=decimal(share * 100))


def decimal(value: Fraction) -> Said:
    """With one digit after the point, half up; a whole number without."""
    tenths = round_half_up(value * 10)
    whole, rest = divmod(tenths, 10)
    if not rest:
        return said("{count}", count=Count(whole))
    return said("{whole}.{tenths}", whole=Count(whole), tenths=str(rest))


def _of(count: int, total: int) -> Said:
    return said("{count} of {total}", count=Count(count), total=Count(total))


def _word(slug: str) -> str:
    """A reason or cause as people say it; one that Stripe does not list stays as it is."""
    text = slug.replace("_", " ").capitalize()
    return text if set(text) & set("{}") else Said(text, {})


def _listed(counts: tuple[int, ...]) -> str:
    return ", ".join(map(str, counts))
