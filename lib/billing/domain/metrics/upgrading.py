"""Metrics of upgrades, of trials, and of how much rests on few customers."""

from __future__ import annotations

from typing import Final

from .metric import Metric

_ROLL_FORWARD: Final = (
    "statuses",
    "collection_paused",
    "discounts",
    "leaves_when_scheduled",
    "zero_stays_customer",
)

METRICS: Final = (
    Metric(
        "upgrades",
        "Upgrades",
        "count",
        "up",
        "Expansion, reactivation, first payments after a free or trial subscription, and moves to "
        "a higher-ranked plan or a longer interval even where MRR falls; moves that leave MRR as "
        "it was are listed apart.",
        "Portside",
        _ROLL_FORWARD,
    ),
    Metric(
        "upgrade_mrr",
        "MRR from upgrades",
        "money",
        "up",
        "What upgrades did to MRR together, in one currency; a longer interval can take from it.",
        "Portside",
        _ROLL_FORWARD,
    ),
    Metric(
        "plan_path",
        "Plan path",
        "count",
        "neither",
        "Upgrades from one plan to another, or within one; a dash is no plan, or one that the "
        "catalogue does not know.",
        "Portside",
        _ROLL_FORWARD,
    ),
    Metric(
        "trials_started",
        "Trials started",
        "count",
        "up",
        "Subscriptions whose trial began in the period, whatever has become of them.",
        "Portside",
    ),
    Metric(
        "trials_converted",
        "Trials converted",
        "count",
        "up",
        "Trials that ended in the period and became active, also with an unpaid first invoice.",
        "Portside",
    ),
    Metric(
        "trials_lapsed",
        "Trials lapsed",
        "count",
        "down",
        "Trials that ended in the period and did not become active.",
        "Portside",
    ),
    Metric(
        "concentration",
        "Concentration",
        "share",
        "down",
        "MRR of the five customers who pay most divided by all MRR, in one currency.",
        "Portside",
    ),
)
