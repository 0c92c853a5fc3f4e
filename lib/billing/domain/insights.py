"""What stands out: each rule says one sentence with the numbers behind it, or nothing.

A rule is a pure function of `Facts`; when it is silent is said in `insight`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .facts import Facts
from .insight import Insight
from .insights_of_growth import expansion_outran_losses, leans_on_one, trial_conversion_moved
from .insights_of_leaving import (
    heavy_week,
    one_reason_leads,
    payments_drive_churn,
    plan_churn_fell,
    plan_churn_rose,
)

Rule = Callable[[Facts], Insight | None]

RULES: Final[tuple[Rule, ...]] = (
    plan_churn_rose,
    trial_conversion_moved,
    payments_drive_churn,
    one_reason_leads,
    heavy_week,
    leans_on_one,
    expansion_outran_losses,
    plan_churn_fell,
)
"""In the order in which they are told."""


def insights(facts: Facts) -> tuple[Insight, ...]:
    """Everything that stands out."""
    return tuple(found for rule in RULES if (found := rule(facts)) is not None)
