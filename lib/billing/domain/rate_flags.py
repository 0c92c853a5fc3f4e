"""Where the field disagrees about rates and cohorts, by policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class RateFlags:
    """``customer_churn``: "chartmogul" leaves out who joined or came back in the period; "stripe"
    divides by active plus new, by months over the last 30 days.

    ``churn_skips_same_month``: who was new and churned in one month did neither.
    ``ltv_trailing_months``: complete months whose churn LTV is reckoned from; None: the period's.
    """

    customer_churn: Literal["chartmogul", "stripe"] = "chartmogul"
    churn_skips_same_month: bool = False
    quick_ratio_reactivation: bool = False  # it is in its numerator
    cohort_months: Literal["business", "utc"] = "business"
    ltv_trailing_months: int | None = None


_BY_POLICY: Final = {
    "stripe": RateFlags(customer_churn="stripe", cohort_months="utc"),
    "chartmogul": RateFlags(ltv_trailing_months=6),
    "profitwell": RateFlags(churn_skips_same_month=True),
}


def rate_flags(policy: str) -> RateFlags:
    """The flags of a policy, by its slug."""
    return _BY_POLICY.get(policy, RateFlags())
