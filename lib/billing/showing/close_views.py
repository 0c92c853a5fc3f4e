"""What the facade hands to the Month close page. Money is minor units, times are unix seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .close_lines import RollLine, SignedFigure, roll_lines, signed_figures

MonthState = Literal["closed", "open", "running"]


@dataclass(frozen=True, slots=True)
class MonthMoney:
    """One currency of a month. Of a closed one ``opening_minor`` and ``closing_minor`` are frozen.

    ``restated_minor`` and ``restatements``: what of its own sums is another one today.
    """

    currency: str
    opening_minor: int
    closing_minor: int
    closing_now_minor: int
    restated_minor: int = 0
    restatements: int = 0
    customers: int = 0


@dataclass(frozen=True, slots=True)
class MonthItem:
    """A month of the business. ``running``: it is not over."""

    month: str
    state: MonthState
    money: tuple[MonthMoney, ...]
    closed_at: int | None = None
    staff: str | None = None
    reason: str | None = None
    hash: str | None = None
    changed: tuple[str, ...] = ()  # definitions that are others today


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something to settle before a close. ``page`` and ``tab``: where."""

    slug: str
    label: str
    count: int
    blocks: bool
    means: str
    remedy: str
    page: str | None
    tab: str | None


@dataclass(frozen=True, slots=True)
class SealState:
    """Whether the seals of all closed months hold. ``broken``: what does not, in words.

    ``rows``: each month's movements were looked at too.
    """

    months: int
    hash: str
    broken: str | None
    rows: bool


@dataclass(frozen=True, slots=True)
class CloseOverview:
    """``months``: the latest first. ``choices``: months that may be closed now, the latest first;
    several only before the first close. ``points``: of the first of them."""

    months: tuple[MonthItem, ...]
    choices: tuple[str, ...]
    points: tuple[OpenPoint, ...]
    seals: SealState


@dataclass(frozen=True, slots=True)
class ClosedMonthView:
    """A closed month: its ``reports`` as they were frozen, and its roll-forward of today.

    ``today``: currency → ``opening_minor``, each kind's ``…_minor``, ``closing_minor``.
    ``open``: what was open at the close, by the slug of its point.
    """

    item: MonthItem
    timezone: str
    starts: int
    ends: int
    definitions: str
    reports: Mapping[str, list[dict[str, Any]]]
    today: Mapping[str, Mapping[str, int]]
    open: tuple[tuple[str, int], ...]  # (label, how many)

    def lines(self, currency: str) -> tuple[RollLine, ...]:
        """The roll-forward as it was signed, beside today's."""
        return roll_lines(self.reports, self.today, currency)

    def figures(self, currency: str) -> tuple[SignedFigure, ...]:
        """What else was signed."""
        return signed_figures(self.reports, currency)


@dataclass(frozen=True, slots=True)
class RestatementItem:
    """One sum of a customer that is another one today, and why. ``cause`` is a slug."""

    customer_id: str
    name: str | None
    email: str | None
    currency: str
    kind: str
    closed_minor: int
    now_minor: int
    delta_minor: int
    cause: str
    told: str  # the cause in words
    event_id: str | None
    type: str | None  # of the event, or of the read
    source: str | None
    created_at: int | None
    received_at: int | None
    others: int  # more that came after the close of the same customer
