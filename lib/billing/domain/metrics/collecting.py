"""Metrics of payments that failed and of what is owed."""

from __future__ import annotations

from typing import Final

from .metric import Metric

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
)
