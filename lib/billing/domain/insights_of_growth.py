"""What stands out of what grows: trials that convert, one customer that pays much, expansion."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from .facts import Facts
from .insight import LEAST_EARLIER, SIGMAS, Insight, of_all, percent
from .ratio import SMALL_SAMPLE
from .said import Count, said

LARGE_SHARE: Final = Fraction(1, 10)
"""Of MRR, paid by one customer."""


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
                of_all(last.converted, last.ended),
            ),
            (said("In the three months before"), of_all(converted, ended)),
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
