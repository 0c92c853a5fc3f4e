"""What the facade hands to the Winding down page. Times are unix seconds, money is minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain import churn_rates as rates
from ..domain.back_test import Outcome
from ..domain.ratio import Ratio
from .views import Sum


@dataclass(frozen=True, slots=True)
class EndingPart:
    """What ends in one week, of one plan or one reason and one currency.

    ``week`` is its Monday, None where the end is not known; it spans ``at <= second < until``.
    """

    week: str | None
    at: int | None
    until: int | None
    part: str  # a plan, "" = not in the catalogue; or a reason, "unknown" = none told
    currency: str  # "" where the price is not known
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Savable:
    """What can still be saved in this week alone: it ends in ``starts <= second < ends``."""

    starts: int
    ends: int
    sums: tuple[Sum, ...]  # by currency

    @property
    def count(self) -> int:
        return sum(part.count for part in self.sums)


@dataclass(frozen=True, slots=True)
class SaveCell:
    """Scheduled ends of one month, reason and currency, and what became of them."""

    month: str | None  # of the planned end; None: not known
    starts: int | None
    ends: int | None
    reason: str  # feedback, else Stripe's reason, else "unknown"
    currency: str
    saved: int  # undone, also before their day has come
    lost: int
    open: int
    matured: int  # their day has passed
    matured_saved: int
    matured_open: int  # the day has passed, and no event says what came of it
    saved_minor: int
    unvalued: int  # of those saved, without a known value

    @property
    def scheduled(self) -> int:
        return self.saved + self.lost + self.open


def save_rate(cells: Sequence[SaveCell]) -> Ratio:
    """Of the schedules whose day has passed, those undone."""
    return rates.save_rate(sum(c.matured_saved for c in cells), sum(c.matured for c in cells))


@dataclass(frozen=True, slots=True)
class SaveItem:
    """One scheduled end, and whose it is."""

    customer_id: str
    name: str | None
    email: str | None
    org_id: str | None
    subscription_id: str
    plan: str | None  # as it is now
    outcome: str  # saved · lost · open
    matured: bool
    reason: str
    mrr_minor: int | None  # monthly value when it was last seen scheduled
    currency: str | None
    scheduled_at: int
    ends_at: int | None
    closed_at: int | None


@dataclass(frozen=True, slots=True)
class BackTestItem:
    """One amount of the back-test, and whose it is."""

    customer_id: str
    name: str | None
    email: str | None
    org_id: str | None
    subscription_id: str | None
    fate: str  # came_true · saved · moved · unforeseen
    kind: str  # end · downgrade
    plan: str | None
    reason: str | None
    planned_at: int | None
    left_at: int | None
    mrr_minor: int
    currency: str
    counts: bool  # False: an amount beyond what was predicted, of a subscription counted there


@dataclass(frozen=True, slots=True)
class BackTest:
    """A month's runway as of its start against what left in it."""

    month: str  # 2026-10
    starts: int
    ends: int
    outcomes: tuple[Outcome, ...]  # by currency
    unknown: int  # scheduled to leave then, without a known MRR: in no sum
    reconstructed: bool  # the month began before the first event
