"""Metrics of the plan mix: who is on which plan, who moves between them, on whom MRR rests."""

from __future__ import annotations

from typing import Final

from .. import churn_rates as rates
from .metric import Metric

METRICS: Final = (
    Metric(
        "plan_holders",
        "Customers by plan",
        "count",
        "neither",
        "Customers with MRR above zero on a plan, in one currency; who holds two plans counts on "
        "each of them.",
        "Portside",
    ),
    Metric(
        "plan_mrr",
        "MRR by plan",
        "money",
        "neither",
        "MRR of a plan at the end of a month; before a customer's latest movement all of its MRR "
        "stands on the plan of its largest subscription.",
        "Portside",
    ),
    Metric(
        "plan_arpa",
        "ARPA by plan",
        "money",
        "up",
        "MRR of a plan divided by the customers who hold it, in one currency.",
        "Portside, after ChartMogul's ARPA",
        function=rates.arpa,
    ),
    Metric(
        "plan_moves",
        "Moves between plans",
        "count",
        "neither",
        "Customers by the plan they held when a period began and the plan they hold when it ends, "
        "so that opening, what came and what went is each plan's closing.",
        "Portside",
    ),
    Metric(
        "largest_share",
        "Share of the largest",
        "share",
        "down",
        "MRR of the 1, 10 or 100 customers who pay most, divided by all MRR of that currency.",
        "Portside",
    ),
    Metric(
        "feature_holders",
        "Customers by feature",
        "count",
        "neither",
        "Customers with MRR above zero on any plan that has the feature, each once, in one "
        "currency.",
        "Portside",
    ),
    Metric(
        "feature_mrr",
        "MRR by feature",
        "money",
        "neither",
        "MRR of all plans that have the feature, whole: a plan with two features counts for both.",
        "Portside",
    ),
)
