"""What the facade hands to the plan-mix page. Times are unix seconds, money is minor units.

A plan is its slug; "" is one that the catalogue does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.plan_moves import Held, Move, PlanLine
from ..domain.ratio import Ratio
from .upgrade_views import Holding


@dataclass(frozen=True, slots=True)
class PlanMonth:
    """Who held which plan when a month ended, or now where it is running."""

    name: str  # 2026-11
    running: bool
    plans: Mapping[str, Held]

    @property
    def minor(self) -> int:
        return sum(held.minor for held in self.plans.values())


@dataclass(frozen=True, slots=True)
class PlanMoves:
    """Of one currency and one stretch of time. ``lines`` close: each plan's closing is its opening
    and everything between."""

    moves: tuple[Move, ...]
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True, slots=True)
class MoveItem:
    """One plan that one customer left, came to, or pays more or less for. ``was`` and ``now`` as in
    `domain.plan_moves.Move`; ``moved_at``: the customer's last movement of the time."""

    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    was: str
    now: str
    before_minor: int
    after_minor: int
    currency: str
    moved_at: int


@dataclass(frozen=True, slots=True)
class LargestShare:
    """What the ``count`` largest customers pay together, of all MRR of the currency."""

    count: int
    minor: int
    share: Ratio


@dataclass(frozen=True, slots=True)
class Concentration:
    currency: str
    customers: int
    mrr_minor: int
    shares: tuple[LargestShare, ...]  # the largest one, ten, hundred
    largest: tuple[Holding, ...]  # the largest first
    together: tuple[int, ...]  # MRR of the largest one, of the largest two, and so on


@dataclass(frozen=True, slots=True)
class FeatureHolders:
    """Who pays for a feature: customers of any plan that has it, each once. ``plans``: those plans
    → their customers; ``minor``: their MRR."""

    slug: str
    name: str
    customers: int
    minor: int
    plans: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PlanFeatures:
    currency: str
    customers: int  # paying ones
    mrr_minor: int
    plans: tuple[str, ...]  # held or sold, by rank
    features: tuple[FeatureHolders, ...]  # in the catalogue's order
