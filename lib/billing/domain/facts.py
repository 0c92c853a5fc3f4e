"""What insights are drawn from: plain counts and amounts of one currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class PlanChurn:
    """Who left a plan in the last complete month, and in each complete month before it.

    ``growth``: for each earlier month, how many times its paying customers there are by now: of
    twice as many customers twice as many are expected to leave.
    """

    plan: str
    name: str
    customers: int  # at the start of the last complete month
    churned: int
    earlier: tuple[int, ...]
    growth: tuple[Fraction, ...]

    @property
    def expected(self) -> Fraction:
        """How many would have left in the last month, had it been like those before it."""
        told = zip(self.earlier, self.growth, strict=True)
        return sum((count * growth for count, growth in told), Fraction(0)) / len(self.earlier)


@dataclass(frozen=True, slots=True)
class Trials:
    """Trials that ended in one complete month, and those of them that became active."""

    ended: int
    converted: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves MRR in one of the coming weeks. ``key``: its Monday."""

    key: str
    name: str  # 30 November
    subscriptions: int
    minor: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one currency. ``month``: the last complete one; lists of months are oldest first."""

    currency: str
    month: str  # October
    customers: int = 0
    mrr_minor: int = 0
    largest_minor: int = 0  # of the one customer with the most
    plans: tuple[PlanChurn, ...] = ()
    trials: tuple[Trials, ...] = ()
    weeks: tuple[Leaving, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)  # of what winds down, in words
    causes: Mapping[str, int] = field(default_factory=dict)  # of three months' churn
    outran: tuple[bool, ...] = ()  # whether expansion was more than churn and contraction
