"""The registry of metrics: one definition each, read by pages, docs, file headers and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["money", "count", "days", "share"]
Direction = Literal["up", "down", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """``good`` is the direction in which a change of it is good news."""

    slug: str
    label: str
    unit: Unit
    good: Direction
    definition: str  # one sentence
    source: str


METRICS: Final[dict[str, Metric]] = {
    metric.slug: metric
    for metric in (
        Metric(
            "mrr",
            "MRR",
            "money",
            "up",
            "The monthly value of every licensed recurring item of subscriptions that are active "
            "or past due, after lasting discounts and without tax, in one currency.",
            "Stripe Billing glossary; discounts as Stripe, paused collection left out",
        ),
        Metric(
            "committed_mrr",
            "Committed MRR",
            "money",
            "up",
            "MRR without what of it is winding down; scheduled downgrades are still in it at their "
            "present price.",
            "Portside",
        ),
        Metric(
            "paying_customers",
            "Paying customers",
            "count",
            "up",
            "Customers with MRR above zero in one currency.",
            "ChartMogul help",
        ),
        Metric(
            "winding_down",
            "Winding down",
            "money",
            "down",
            "Monthly value of live subscriptions whose end is scheduled, by date or at period "
            "end, whether or not they count in MRR.",
            "Portside",
        ),
        Metric(
            "at_risk",
            "At risk",
            "money",
            "down",
            "MRR of subscriptions that are past due or have an open invoice that failed.",
            "Portside",
        ),
        Metric(
            "month_change",
            "Change this month",
            "money",
            "up",
            "The sum of the month's movements so far, in the business time zone.",
            "Portside",
        ),
        Metric(
            "failing_amount",
            "Amount failing",
            "money",
            "down",
            "What remains to be paid on open automatic invoices with a failed attempt, whose "
            "subscription is live or which have none.",
            "Portside",
        ),
        Metric(
            "failing_invoices",
            "Failing invoices",
            "count",
            "down",
            "Open automatic invoices with a failed attempt and an amount remaining, whose "
            "subscription is live or which have none.",
            "Portside",
        ),
        Metric(
            "final_attempts",
            "Final attempts",
            "count",
            "down",
            "Failing invoices for which no further attempt is to be expected.",
            "Stripe, decline codes and Smart Retries",
        ),
        Metric(
            "plan_share",
            "Share of MRR",
            "share",
            "neither",
            "MRR of a plan and billing interval divided by all MRR of that currency.",
            "Portside",
        ),
        Metric(
            "arpa",
            "ARPA",
            "money",
            "up",
            "MRR divided by paying customers, in one currency.",
            "ChartMogul help",
        ),
    )
}
"""Every metric in use, by slug."""
