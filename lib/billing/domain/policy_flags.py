"""Each flag of a policy in words, and what it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .policy import Policy

COUNTABLE: Final = ("active", "past_due", "trialing", "unpaid", "incomplete", "paused")
"""Statuses that a policy may count, in the order of a bridge's lines."""

_NAMES: Final = {
    "portside": "Portside",
    "stripe": "Stripe",
    "chartmogul": "ChartMogul",
    "profitwell": "ProfitWell",
}


@dataclass(frozen=True, slots=True)
class Flag:
    """``name``: the field of `Policy`. ``said``: what a policy's value of it is, in words."""

    name: str
    label: str
    said: Callable[[Policy], str]
    choices: tuple[str, ...] | None = None  # of a text


def policy_name(slug: str) -> str:
    """``ChartMogul`` for the preset; one's own policy is called as it was configured."""
    return _NAMES.get(slug, slug)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _days(policy: Policy) -> str:
    days = policy.past_due_leaves_after_days
    return "never" if days is None else f"{days} days"


def _months(policy: Policy) -> str:
    months = policy.ltv_trailing_months
    return "the period's" if months is None else f"the {months} complete months before"


FLAGS: Final = (
    Flag(
        "statuses",
        "statuses that count",
        lambda p: ", ".join(status for status in COUNTABLE if status in p.statuses),
        COUNTABLE,
    ),
    Flag(
        "collection_paused",
        "collection paused (`pause_collection`) counts",
        lambda p: _yes(p.collection_paused),
    ),
    Flag("discounts", "discounts taken off", lambda p: p.discounts, ("forever", "all", "none")),
    Flag(
        "leaves_when_scheduled",
        "a scheduled cancellation leaves MRR",
        lambda p: "when scheduled" if p.leaves_when_scheduled else "at the end",
    ),
    Flag("past_due_leaves_after_days", "past_due leaves after", _days),
    Flag(
        "zero_stays_customer",
        "100 % off forever",
        lambda p: "stays a customer; contraction" if p.zero_stays_customer else "churned",
    ),
    Flag(
        "customer_churn",
        "customer churn",
        lambda p: f"{policy_name(p.customer_churn)}'s",
        ("chartmogul", "stripe"),
    ),
    Flag(
        "churn_skips_same_month",
        "new and churned in one month",
        lambda p: "neither" if p.churn_skips_same_month else "both",
    ),
    Flag(
        "quick_ratio_reactivation",
        "reactivation in the quick ratio",
        lambda p: _yes(p.quick_ratio_reactivation),
    ),
    Flag(
        "cohort_months",
        "months of cohorts",
        lambda p: "UTC" if p.cohort_months == "utc" else "business time zone",
        ("business", "utc"),
    ),
    Flag("ltv_trailing_months", "customer churn in LTV", _months),
)
"""Every flag, in the order of the handbook's table."""
