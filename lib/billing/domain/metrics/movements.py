"""Metrics of the roll-forward: how MRR got from one balance to the next."""

from __future__ import annotations

from typing import Final

from .metric import Metric


def net_new_mrr(new: int, reactivation: int, expansion: int, contraction: int, churn: int) -> int:
    """Minor units; ``contraction`` and ``churn`` are below zero."""
    return new + reactivation + expansion + contraction + churn


def mrr_growth(net_new: int, fx: int) -> int:
    """Minor units, from opening to closing."""
    return net_new + fx


def closing_mrr(opening: int, growth: int) -> int:
    return opening + growth


METRICS: Final = (
    Metric(
        "opening_mrr",
        "Opening",
        "money",
        "neither",
        "MRR when the period began: all movements before it together.",
        "Stripe Billing glossary",
    ),
    Metric(
        "new_mrr",
        "New",
        "money",
        "up",
        "First MRR above zero of a customer in this currency.",
        "Stripe Billing glossary",
    ),
    Metric(
        "reactivation_mrr",
        "Reactivation",
        "money",
        "up",
        "MRR of customers who paid before and were at zero.",
        "Stripe Billing glossary",
    ),
    Metric(
        "expansion_mrr",
        "Expansion",
        "money",
        "up",
        "MRR that paying customers added.",
        "Stripe Billing glossary",
    ),
    Metric(
        "contraction_mrr",
        "Contraction",
        "money",
        "up",  # it is below zero: rising towards it is good news
        "MRR that customers lost who still pay something, as an amount below zero.",
        "Stripe Billing glossary",
    ),
    Metric(
        "churned_mrr",
        "Churn",
        "money",
        "up",
        "MRR of customers who came down to zero, as an amount below zero.",
        "Stripe Billing glossary",
    ),
    Metric(
        "fx_effect",
        "FX",
        "money",
        "neither",
        "What exchange rates did in the reporting currency: closing − opening − movements, each "
        "balance at the rate of its own day and each movement at that of its.",
        "Stripe Billing glossary; rates as configured",
    ),
    Metric(
        "closing_mrr",
        "Closing",
        "money",
        "up",
        "Opening, movements and FX together: MRR when the period ended, or now.",
        "Stripe Billing glossary",
        function=closing_mrr,
    ),
    Metric(
        "net_new_mrr",
        "Net new MRR",
        "money",
        "up",
        "New, reactivation, expansion, contraction and churn of a period together, without FX.",
        "ChartMogul help",
        function=net_new_mrr,
    ),
    Metric(
        "mrr_growth",
        "MRR growth",
        "money",
        "up",
        "Closing − opening: net new MRR and FX together.",
        "Stripe Billing glossary",
        function=mrr_growth,
    ),
    Metric(
        "reconstructed_mrr",
        "Reconstructed",
        "money",
        "neither",
        "How much of a period's movements was inferred from objects first seen in mid-life, as "
        "after a backfill, and not told by an event of that time.",
        "Portside",
    ),
)
