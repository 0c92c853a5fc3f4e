"""Where the field disagrees about MRR: one flag each, and the presets that people know."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from .observations import State
from .times import DAY

LIVE: Final = frozenset({"active", "trialing", "past_due", "unpaid", "paused"})
"""Statuses of a subscription that has begun and not ended."""

ENDED: Final = frozenset({"canceled", "incomplete_expired"})

Discounts = Literal["forever", "all", "none"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts in MRR and how its rates are made. `domain.policy_flags` has each flag's words.

    ``slug`` names it; every other field is a flag, by which `[policies.NAME]` overrides a preset.
    """

    slug: str
    statuses: frozenset[str] = frozenset({"active", "past_due"})
    collection_paused: bool = False  # pause_collection set still counts
    discounts: Discounts = "forever"
    leaves_when_scheduled: bool = False
    past_due_leaves_after_days: int | None = None  # None: never
    zero_stays_customer: bool = False  # a 100 % coupon is contraction, not churn
    customer_churn: Literal["chartmogul", "stripe"] = "chartmogul"
    churn_skips_same_month: bool = False  # new and churned in one month is neither
    quick_ratio_reactivation: bool = False  # reactivation is in its numerator
    cohort_months: Literal["business", "utc"] = "business"  # whose months cohorts are
    ltv_trailing_months: int | None = None  # complete months of churn; None: the period's own

    @property
    def needs_clock(self) -> bool:
        """Whether time alone can take a subscription out of MRR, so that no row can hold it."""
        return self.past_due_leaves_after_days is not None

    @property
    def said(self) -> tuple[Any, ...]:
        """Everything of it in one fixed spelling: equal policies say the same, others do not."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return tuple(
            (name, tuple(sorted(value)) if isinstance(value, frozenset) else value)
            for name, value in values
        )


PRESETS: Final[dict[str, Policy]] = {
    policy.slug: policy
    for policy in (
        Policy("portside"),
        Policy(
            "stripe",
            collection_paused=True,
            leaves_when_scheduled=True,
            customer_churn="stripe",
            cohort_months="utc",
        ),
        Policy(
            "chartmogul",
            statuses=frozenset({"active", "past_due", "paused"}),
            collection_paused=True,
            discounts="all",
            zero_stays_customer=True,
            ltv_trailing_months=6,
        ),
        Policy("profitwell", discounts="all", churn_skips_same_month=True),
    )
}


def counted(state: State, policy: Policy) -> bool:
    """Whether a subscription in this state is part of MRR, as far as no time has to be told."""
    if state["status"] not in policy.statuses:
        return False
    if state["pause"] and not policy.collection_paused:
        return False
    return not (policy.leaves_when_scheduled and winding_down(state))


def overdue_at(since: int | None, policy: Policy) -> int | None:
    """When a subscription past due ``since`` then leaves MRR; None if it does not."""
    if since is None or policy.past_due_leaves_after_days is None:
        return None
    return since + policy.past_due_leaves_after_days * DAY


def winding_down(state: State) -> bool:
    """Live and its end is scheduled, in either of Stripe's two encodings."""
    return state["status"] in LIVE and (
        state["cancel_at"] is not None or bool(state["cancel_at_period_end"])
    )
