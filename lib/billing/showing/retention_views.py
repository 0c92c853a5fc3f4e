"""What the churn page is given beside the periods and cohorts of `lib.billing.retention`."""

from __future__ import annotations

from dataclasses import dataclass

from ..domain import churn_rates
from ..domain.ratio import Ratio


@dataclass(frozen=True, slots=True)
class ChurnedItem:
    """A customer who left, and what is known of why."""

    left_at: int
    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    subscription_id: str | None
    plan: str | None  # None = price not in the catalogue
    interval: str | None  # "month", or "3 month"
    mrr_minor: int  # before
    currency: str
    cause: str  # voluntary · involuntary · unknown
    reason: str | None
    feedback: str | None
    comment: str | None  # the customer's own words
    joined_at: int | None  # first MRR in this currency
    back_at: int | None  # came back since
    switched: bool  # went on in another currency
    event_id: str | None


@dataclass(frozen=True, slots=True)
class ChurnPart:
    """Customers of one plan, interval or length of stay at the start of a period."""

    name: str  # a plan's slug, "" where none is known; "month"; a band of `domain.stays`
    customers: int
    mrr_minor: int
    lost: int  # churned in the period and did not come back in it
    lost_minor: int

    @property
    def churn(self) -> Ratio:
        return churn_rates.customer_churn(self.lost, self.customers)
