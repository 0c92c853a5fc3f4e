"""Metrics of closed months."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "closed_months",
        "Closed months",
        "count",
        "up",
        "Months whose figures are frozen and sealed under the policy in force.",
        "Portside",
    ),
    Metric(
        "restated",
        "Restated",
        "money",
        "neither",
        "What closed months are today minus what was frozen of them, in one currency.",
        "Portside",
    ),
    Metric(
        "open_points",
        "Open points",
        "count",
        "down",
        "Things that could still change a month and should be settled before it is closed.",
        "Portside",
    ),
    Metric(
        "month_invoiced",
        "Invoiced",
        "money",
        "up",
        "The total of invoices that were finalised in the month, with tax, in one currency.",
        "Portside",
    ),
    Metric(
        "month_paid",
        "Paid",
        "money",
        "up",
        "What was paid on invoices that became paid in the month, in one currency.",
        "Portside",
    ),
    Metric(
        "month_receivables",
        "Receivables",
        "money",
        "down",
        "What remained to be paid on open invoices when the month ended, in one currency.",
        "Portside",
    ),
)
