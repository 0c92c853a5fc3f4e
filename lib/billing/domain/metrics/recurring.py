"""Metrics of recurring revenue."""

from __future__ import annotations

from typing import Final

from .. import churn_rates as rates
from .metric import Metric

METRICS: Final = (
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
        "MRR without what of it is winding down, and with scheduled downgrades at their new price.",
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
        "month_change",
        "Change this month",
        "money",
        "up",
        "The sum of the month's movements so far, in the business time zone.",
        "Portside",
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
        function=rates.arpa,
    ),
)
