"""What the facade hands to the MRR page. Times are unix seconds UTC, money is minor units.

An amount is None where a rate into the reporting currency is missing; ``missing`` then names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class RollForwardLine:
    """One period. ``flows`` and ``reconstructed`` are by kind of movement, in their order."""

    period: str
    starts: int
    ends: int  # the second after its last; of the running period that of now
    running: bool
    currency: str
    opening_minor: int | None
    flows: Mapping[str, int | None]
    reconstructed: Mapping[str, int | None]  # of the flows, what was inferred
    fx_minor: int | None
    closing_minor: int | None
    committed_minor: int | None  # only of the last period, when it is running
    missing: tuple[str, ...]

    @property
    def change_minor(self) -> int | None:
        """From opening to closing."""
        if self.closing_minor is None or self.opening_minor is None:
            return None
        return self.closing_minor - self.opening_minor

    @property
    def moved_minor(self) -> int | None:
        """The movements together: the change without what rates did."""
        if self.change_minor is None or self.fx_minor is None:
            return None
        return self.change_minor - self.fx_minor

    def amount(self, part: str) -> int | None:
        """The number called ``part``: opening, closing, committed, fx or a kind of movement."""
        named = {
            "opening": self.opening_minor,
            "closing": self.closing_minor,
            "committed": self.committed_minor,
            "fx": self.fx_minor,
        }
        return named[part] if part in named else self.flows[part]


@dataclass(frozen=True, slots=True)
class RollForward:
    """``lines``: oldest first. ``reporting``: all currencies together, converted."""

    currency: str
    reporting: bool
    lines: tuple[RollForwardLine, ...]
    paying_customers: int
    uncounted: int  # live subscriptions whose MRR cannot be computed now
    rates_until: date | None  # the day of the newest rate, in the reporting currency


@dataclass(frozen=True, slots=True)
class TrendPoint:
    at: int
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Trend:
    """``past``: MRR at the end of each day. ``ahead``: from MRR now down to committed MRR, when
    each step of it is to leave; an unknown time is put at now."""

    currency: str
    past: tuple[TrendPoint, ...]
    ahead: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class ReceiptMovement:
    """One movement. The amounts are in its own currency."""

    movement_id: str
    occurred_at: int
    customer_id: str
    name: str | None
    email: str | None
    org_id: str | None
    kind: str
    amount_minor: int
    before_minor: int
    after_minor: int
    from_plan: str | None
    to_plan: str | None
    from_interval: str | None
    to_interval: str | None
    subscription_id: str | None
    event_id: str | None
    reconstructed: bool
    switched: bool


@dataclass(frozen=True, slots=True)
class ReceiptBalance:
    """What one customer paid a month at a boundary. ``since``: its last movement before it."""

    customer_id: str
    name: str | None
    email: str | None
    org_id: str | None
    amount_minor: int
    since: int | None


@dataclass(frozen=True, slots=True)
class ReceiptConversion:
    """One currency's balance, or its movements of one day, in the reporting currency.

    ``own_minor`` and ``rate`` are None where the amount is no conversion: the effect of rates.
    """

    currency: str
    day: date | None
    own_minor: int | None
    rate: Fraction | None
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class Receipts(Generic[Row]):
    """One page of the rows behind a number. ``sum_minor``: of all ``total`` rows, not the page."""

    part: str  # opening · closing · committed · fx · a kind of movement
    currency: str
    number_minor: int | None  # what the roll-forward says
    sum_minor: int | None
    total: int
    rows: tuple[Row, ...]
    missing: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the rows sum to the number; True where both are unknown for want of a rate."""
        return self.number_minor == self.sum_minor
