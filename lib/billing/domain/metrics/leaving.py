"""Metrics of what leaves: scheduled ends and what is at risk."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "runway",
        "Runway",
        "money",
        "down",
        "MRR that leaves by scheduled ends and by scheduled downgrades, of these the difference; "
        "scheduled upgrades are left out.",
        "Portside",
        flags=("leaves_when_scheduled",),
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
)
