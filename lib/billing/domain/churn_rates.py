"""Rates of recurring revenue and of customers: each with its parts, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from .money import round_half_up
from .ratio import Ratio
from .said import said

ChurnCause = Literal["voluntary", "involuntary", "unknown"]

NO_CUSTOMERS: Final = said("There were no customers at the start of the period.")
NO_MRR: Final = said("There was no MRR at the start of the period.")
NOTHING_LOST: Final = said("Nothing was lost in the period, so there is nothing to divide by.")
NO_TRIALS: Final = said("No trial ended in the period.")
NOBODY_PAYS: Final = said("Nobody pays in this currency.")
NOBODY_CHURNED: Final = said("Nobody churned, so a lifetime cannot be told.")
TOO_YOUNG: Final = said("No complete month has passed yet.")
NOT_MATURED: Final = said("No planned end has passed yet.")


@dataclass(frozen=True, slots=True)
class Moved:
    """MRR of one currency in one period: signed minor units, contraction and churn never above 0.

    ``customers``: how many there were at the start.
    """

    opening_minor: int = 0
    new_minor: int = 0
    reactivation_minor: int = 0
    expansion_minor: int = 0
    contraction_minor: int = 0
    churn_minor: int = 0
    customers: int | None = None

    @property
    def closing_minor(self) -> int:
        return (
            self.opening_minor
            + self.new_minor
            + self.reactivation_minor
            + self.expansion_minor
            + self.contraction_minor
            + self.churn_minor
        )


def customer_churn(churned: int, start: int) -> Ratio:
    """``churned``: without those who joined or came back in the period."""
    return _of(churned, start, start, NO_CUSTOMERS)


def customer_churn_stripe(churned: int, start: int, new: int) -> Ratio:
    """``churned``: everyone who did, also who joined in the period."""
    reason = said("Nobody was active at the start of the period, and nobody joined in it.")
    return _of(churned, start + new, start + new, reason)


def gross_mrr_churn(moved: Moved) -> Ratio:
    """What was lost, as a positive share of MRR at the start."""
    return _share(moved, -moved.churn_minor - moved.contraction_minor)


def net_mrr_churn(moved: Moved) -> Ratio:
    """What was lost less what was won back; below zero where more was won than lost."""
    won = moved.expansion_minor + moved.reactivation_minor
    return _share(moved, -moved.churn_minor - moved.contraction_minor - won)


def grr(moved: Moved) -> Ratio:
    """What is left of MRR at the start, without any gain."""
    return _share(moved, moved.opening_minor + moved.contraction_minor + moved.churn_minor)


def nrr(moved: Moved) -> Ratio:
    """What MRR at the start has become: without new and reactivation, so not 1 − net churn."""
    kept = moved.opening_minor + moved.contraction_minor + moved.churn_minor
    return _share(moved, kept + moved.expansion_minor)


def arpa(mrr_minor: int, customers: int) -> Ratio:
    """Minor units a customer; :func:`in_minor` rounds it."""
    return _of(mrr_minor, customers, customers, NOBODY_PAYS)


def ltv(arpa: Ratio, churn: Ratio) -> Ratio:
    """ARPA ÷ customer churn, in minor units; absent where either is, or where nobody churned."""
    absent = arpa.reason or churn.reason
    if absent is None and churn.numerator == 0:
        absent = NOBODY_CHURNED
    if absent is not None:
        return Ratio(0, 0, churn.sample, absent)
    return Ratio(
        Fraction(arpa.numerator) * churn.denominator,
        Fraction(arpa.denominator) * churn.numerator,
        churn.sample,
    )


def pooled(churns: list[Ratio]) -> Ratio:
    """The churn of several months as one: all who churned ÷ the sum of customers at the starts."""
    if not churns:
        return Ratio(0, 0, None, TOO_YOUNG)
    denominator = sum(churn.denominator for churn in churns)
    samples = [churn.sample for churn in churns if churn.sample is not None]
    return Ratio(
        sum(churn.numerator for churn in churns),
        denominator,
        min(samples, default=None),
        NO_CUSTOMERS if denominator == 0 else None,
    )


def quick_ratio(moved: Moved, *, reactivation: bool = False) -> Ratio:
    """What was gained ÷ what was lost; ``reactivation`` counts as a gain where it is set."""
    gained = moved.new_minor + moved.expansion_minor
    if reactivation:
        gained += moved.reactivation_minor
    lost = -moved.contraction_minor - moved.churn_minor
    return _of(gained, lost, moved.customers, NOTHING_LOST)


def trial_conversion(became_active: int, ended: int) -> Ratio:
    """Of the trials that ended, those that became active."""
    return _of(became_active, ended, ended, NO_TRIALS)


def save_rate(undone: int, matured: int) -> Ratio:
    """Of the scheduled ends whose day has passed, those that were undone before."""
    return _of(undone, matured, matured, NOT_MATURED)


def retention(kept: int, whole: int, customers: int) -> Ratio:
    """What is left of a cohort of ``customers``: customers of customers, or MRR of MRR."""
    return _of(
        kept, whole, customers, said("The cohort had nothing at the end of its first month.")
    )


def churn_cause(reason: str | None) -> ChurnCause:
    """Whether the customer or a payment ended it, by Stripe's cancellation reason."""
    match reason:
        case "cancellation_requested":
            return "voluntary"
        case "payment_failed" | "payment_disputed":
            return "involuntary"
    return "unknown"


def in_minor(ratio: Ratio) -> int | None:
    """An amount in whole minor units, rounded half up once; None where it is absent."""
    if ratio.reason is not None:
        return None
    return round_half_up(Fraction(ratio.numerator) / Fraction(ratio.denominator))


def _share(moved: Moved, numerator: int) -> Ratio:
    return _of(numerator, moved.opening_minor, moved.customers, NO_MRR)


def _of(numerator: int, denominator: int, sample: int | None, reason: str) -> Ratio:
    return Ratio(numerator, denominator, sample, None if denominator else reason)
