"""Where the field disagrees about MRR: one flag each, and the presets that people know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from .observations import State

LIVE: Final = frozenset({"active", "trialing", "past_due", "unpaid", "paused"})
"""Statuses of a subscription that has begun and not ended."""

ENDED: Final = frozenset({"canceled", "incomplete_expired"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts in MRR. The columns of the table in `docs/metrics.md`."""

    slug: str
    statuses: frozenset[str] = frozenset({"active", "past_due"})
    collection_paused: bool = False  # pause_collection set still counts
    discounts: Literal["forever", "all"] = "forever"
    leaves_when_scheduled: bool = False
    zero_stays_customer: bool = False  # a 100 % coupon is contraction, not churn


PRESETS: Final[dict[str, Policy]] = {
    policy.slug: policy
    for policy in (
        Policy("portside"),
        Policy("stripe", collection_paused=True, leaves_when_scheduled=True),
        Policy(
            "chartmogul",
            statuses=frozenset({"active", "past_due", "paused"}),
            collection_paused=True,
            discounts="all",
            zero_stays_customer=True,
        ),
        Policy("profitwell", discounts="all"),
    )
}


def counted(state: State, policy: Policy) -> bool:
    """Whether a subscription in this state is part of MRR."""
    if state["status"] not in policy.statuses:
        return False
    if state["pause"] and not policy.collection_paused:
        return False
    return not (policy.leaves_when_scheduled and winding_down(state))


def winding_down(state: State) -> bool:
    """Live and its end is scheduled, in either of Stripe's two encodings."""
    return state["status"] in LIVE and (
        state["cancel_at"] is not None or bool(state["cancel_at_period_end"])
    )
