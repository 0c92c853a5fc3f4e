"""Metrics of what is sold: who holds which price, and whom another catalogue would reach."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "price_customers",
        "Customers",
        "count",
        "neither",
        "Customers who have this price on a live subscription, each once.",
        "Portside",
    ),
    Metric(
        "old_price_mrr",
        "MRR on older prices",
        "money",
        "neither",
        "What a price that is sold no more adds to MRR: its own part of each live subscription "
        "that has it.",
        "Portside",
    ),
    Metric(
        "impact_customers",
        "Customers who change",
        "count",
        "neither",
        "Customers whose plan, features, limits or access a candidate would change, everybody's "
        "history folded with it and judged now.",
        "Portside",
    ),
)
