"""What leads from the MRR of one policy to that of another."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "policy_bridge",
        "Policy bridge",
        "money",
        "neither",
        "What MRR another policy would show: from ours, one line for each flag that differs, each "
        "going on from where the one before it stopped, so that the lines sum to the difference.",
        "Portside",
        flags=(
            "statuses",
            "collection_paused",
            "discounts",
            "leaves_when_scheduled",
            "past_due_leaves_after_days",
        ),
    ),
)
