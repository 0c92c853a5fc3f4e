"""A digest as values. Amounts are minor units of their currency; times are unix seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Covered:
    """The day or week a digest tells of: ``starts <= second < ends``, whole business days."""

    by: str  # day · week
    name: str  # 2026-11-22, 2026-W47
    first_day: str  # 2026-11-16
    last_day: str
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    email: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Mrr:
    """One currency's roll-forward: opening + the five = closing. Contraction and churn are ≤ 0."""

    currency: str
    opening_minor: int
    new_minor: int
    reactivation_minor: int
    expansion_minor: int
    contraction_minor: int
    churn_minor: int
    closing_minor: int
    reconstructed_minor: int  # how much of the five was inferred
    customers_churned: int
    churn: Share | None  # None where the sample is small, or there is none


@dataclass(frozen=True, slots=True)
class Share:
    """``rate``: share of 1, six decimals."""

    numerator: int
    denominator: int
    rate: float


@dataclass(frozen=True, slots=True)
class Sum:
    """``unknown``: rows among ``count`` whose worth nobody knows; ``minor`` is of the others."""

    currency: str | None  # None: nothing is known of their worth
    count: int
    minor: int
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """``top``: the largest of each currency; ``sums``: of all, by currency."""

    sums: tuple[Sum, ...] = ()
    top: tuple[T, ...] = ()

    @property
    def count(self) -> int:
        return sum(each.count for each in self.sums)

    @property
    def more(self) -> int:
        """How many are not among ``top``."""
        return self.count - len(self.top)


@dataclass(frozen=True, slots=True)
class Upgraded:
    customer: Customer
    kind: str | None  # expansion · reactivation · new, the first payment of a trial or free plan
    delta_minor: int
    currency: str
    from_plan: str | None
    to_plan: str | None
    from_interval: str | None
    to_interval: str | None
    change: str  # plan · interval · quantity · price · discount
    occurred_at: int


@dataclass(frozen=True, slots=True)
class Left:
    customer: Customer
    mrr_minor: int  # before
    currency: str
    plan: str | None
    cause: str  # voluntary · involuntary · unknown
    reason: str | None  # feedback, else Stripe's reason
    comment: str | None
    left_at: int
    switched: bool  # went on in another currency


@dataclass(frozen=True, slots=True)
class Ending:
    customer: Customer
    subscription_id: str
    plan: str | None
    mrr_minor: int | None
    currency: str | None
    ends_at: int | None
    requested_at: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Failing:
    customer: Customer
    invoice_id: str
    number: str | None
    remaining_minor: int
    currency: str
    failed_at: int | None
    next_attempt_at: int | None
    final_attempt: bool
    decline_code: str | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """``failed_events`` and ``silent`` are of now: None for an earlier time."""

    differences: int  # open findings that nobody left alone
    differences_new: int  # of these, first seen in the period
    missing_events: int
    failed_events: int | None
    silent: bool | None
    last_webhook_at: int | None


@dataclass(frozen=True, slots=True)
class Action:
    """``kind``: final_attempts · last_days · differences · missing_events · failed_events ·
    silence. ``page``: the path in the dashboard."""

    kind: str
    page: str
    count: int
    sums: tuple[Sum, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """``judged_at``: the time of what is a state; ``as_of``: what was asked for, None = now."""

    covered: Covered
    timezone: str
    policy: str
    livemode: bool
    judged_at: int
    as_of: str | None
    watermark: int
    mrr: tuple[Mrr, ...]  # currencies that moved, the largest closing first
    unmoved: tuple[str, ...]
    upgrades: Listed[Upgraded]
    churned: Listed[Left]
    winding_down: Listed[Ending]  # asked for in the period, and still so
    failing: Listed[Failing]  # first failed in the period, and still open
    recovered: tuple[Sum, ...]
    trouble: Trouble
    actions: tuple[Action, ...]

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell."""
        lists = (self.upgrades, self.churned, self.winding_down, self.failing)
        found = (self.mrr, self.recovered, self.actions)
        return not (any(found) or any(each.count for each in lists))
