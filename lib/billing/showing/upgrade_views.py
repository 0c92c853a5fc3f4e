"""What the facade hands to the pages for founders. Times are unix seconds, money is minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain import churn_rates as rates
from ..domain.churn_rates import Moved
from ..domain.insight import Insight
from ..domain.ratio import Ratio
from ..domain.upgrades import told_change


@dataclass(frozen=True, slots=True)
class UpgradeItem:
    """One step up, as in the report ``upgrades``."""

    occurred_at: int
    customer_id: str
    email: str | None
    name: str | None
    kind: str | None  # expansion · reactivation · new · contraction; None: MRR did not move
    change: str  # plan · interval · quantity · price · discount
    from_plan: str | None
    to_plan: str | None
    from_interval: str | None  # "month", "3 month"
    to_interval: str | None
    delta_minor: int
    currency: str
    subscription_id: str | None
    event_id: str | None
    reconstructed: bool

    @property
    def told(self) -> str:
        """What changed, as people are told it: ``began`` for who began to pay, else `change`."""
        return told_change(self.kind, self.change)


@dataclass(frozen=True, slots=True)
class PlanPath:
    """One cell of the matrix: how many went from one plan to another, and what that did to MRR."""

    from_plan: str | None
    to_plan: str | None
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class TrialSpan:
    """Trials of one stretch of time. ``ended``: those that have; only they are in the rate."""

    starts: int
    ends: int
    started: int
    ended: int
    converted: int

    @property
    def conversion(self) -> Ratio:
        return rates.trial_conversion(self.converted, self.ended)


@dataclass(frozen=True, slots=True)
class UpgradeMonth:
    """One month of upgrades: kind of movement → (how many, minor units), and its trials."""

    name: str  # 2026-11
    running: bool
    kinds: Mapping[str, tuple[int, int]]
    trials: TrialSpan


@dataclass(frozen=True, slots=True)
class MonthStanding:
    """One month of one currency: what moved, and who was there when it began and when it ended."""

    name: str
    complete: bool
    moved: Moved
    customers_start: int
    customers_end: int

    @property
    def net_mrr_churn(self) -> Ratio:
        return rates.net_mrr_churn(self.moved)


@dataclass(frozen=True, slots=True)
class RunwayWeek:
    """What leaves MRR in one week. ``key``: its Monday."""

    key: str
    starts: int
    ends: int
    subscriptions: int
    end_minor: int
    downgrade_minor: int

    @property
    def minor(self) -> int:
        return self.end_minor + self.downgrade_minor


@dataclass(frozen=True, slots=True)
class Runway:
    """Everything that leaves, of one currency: overdue, the coming weeks, later, at no known time.

    Together they are MRR minus committed MRR.
    """

    currency: str
    weeks: tuple[RunwayWeek, ...]  # the running one first; all of them, also those of nothing
    overdue_minor: int
    later_minor: int
    unknown_minor: int

    @property
    def minor(self) -> int:
        ahead = sum(week.minor for week in self.weeks)
        return ahead + self.overdue_minor + self.later_minor + self.unknown_minor


@dataclass(frozen=True, slots=True)
class RunwayItem:
    """One subscription that ends or gets smaller."""

    customer_id: str
    name: str | None
    email: str | None
    subscription_id: str
    kind: str  # end · downgrade
    plan: str | None
    to_plan: str | None  # of a downgrade
    at: int | None
    minor: int
    currency: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """What one customer pays a month, and its share of all MRR of the currency."""

    customer_id: str
    name: str | None
    email: str | None
    minor: int
    share: Ratio


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands out in one currency, and on whom it rests."""

    currency: str
    insights: tuple[Insight, ...]
    largest: tuple[Holding, ...]  # the largest first
    share: Ratio  # of the largest together
