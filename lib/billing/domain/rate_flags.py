"""Where the field disagrees about rates and cohorts, by policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

CustomerChurn = Literal["chartmogul", "stripe", "neither"]


@dataclass(frozen=True, slots=True)
class RateFlags:
    """``customer_churn``: "chartmogul" leaves out who joined or came back in the period; "stripe"
    divides by active plus new, by months over the last 30 days; "neither" is chartmogul's, where
    who was new and churned in one month is neither new nor churned.

    ``ltv_trailing_months``: complete months whose churn LTV is reckoned from; 0 = the period's.
    """

    customer_churn: CustomerChurn = "chartmogul"
    quick_ratio_reactivation: bool = False
    cohorts_in_utc: bool = False
    ltv_trailing_months: int = 0


_BY_POLICY: Final = {
    "stripe": RateFlags(customer_churn="stripe", cohorts_in_utc=True),
    "chartmogul": RateFlags(ltv_trailing_months=6),
    "profitwell": RateFlags(customer_churn="neither"),
}


def rate_flags(policy: str) -> RateFlags:
    """The flags of a policy, by its slug."""
    return _BY_POLICY.get(policy, RateFlags())
