"""Where the field disagrees about MRR: one flag each, and the presets that people know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

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
