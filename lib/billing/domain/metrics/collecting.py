"""Metrics of payments that failed and of what is owed."""

from __future__ import annotations

from typing import Final

from ..ratio import Ratio
from .metric import Metric


def recovery_rate(recovered: int, failed: int) -> Ratio:
    """``recovered`` ÷ ``failed``; absent where nothing failed."""
    absent = None if failed else "No payment failed."
    return Ratio(recovered, failed, absent_because=absent)


METRICS: Final = (
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
        "failed_volume",
        "Failed",
        "money",
        "down",
        "What automatic invoices asked for whose first attempt failed, in the month of that "
        "failure, without the first payment after a trial.",
        "definition of recovery rate",
    ),
    Metric(
        "recovered",
        "Recovered",
        "money",
        "up",
        "What of the failed volume was paid later, by whatever means.",
        "Churn Buster",
    ),
    Metric(
        "lost",
        "Lost",
        "money",
        "down",
        "What of the failed volume is void, uncollectible, or open without a next attempt on an "
        "ended or unpaid subscription.",
        "Portside",
    ),
    Metric(
        "in_progress",
        "In progress",
        "money",
        "neither",
        "What of the failed volume is neither recovered nor lost yet.",
        "Portside",
    ),
    Metric(
        "recovery_rate",
        "Recovery rate",
        "share",
        "up",
        "Recovered divided by failed in the month of the failure; what is in progress stays in "
        "the denominator and is shown apart.",
        "Churn Buster: leaving out what is in progress gives 80 % for 40 %",
        function=recovery_rate,
    ),
    Metric(
        "recovered_cash",
        "Recovered, by payment",
        "money",
        "up",
        "What of failed volume was paid, in the month of the payment whenever it had failed.",
        "Portside",
    ),
)
