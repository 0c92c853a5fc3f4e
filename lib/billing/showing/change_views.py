"""What changed since a moment, as pages get it. Times are unix seconds, money is minor units."""

from __future__ import annotations

from dataclasses import dataclass

from .views import Sum


@dataclass(frozen=True, slots=True)
class Change:
    """One group of what happened. ``sums``: by currency; none for who sees no company totals.

    ``unknown``: those of ``count`` whose amount nobody knows.
    """

    group: str  # of domain.changes.GROUPS
    count: int
    sums: tuple[Sum, ...] = ()
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """``since <= second <= now``; only groups in which something happened."""

    since: int
    now: int
    groups: tuple[Change, ...]
    moved: tuple[Sum, ...]  # what movements did to MRR, by currency; none without totals
    months: tuple[str, ...]  # closed since


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """One row of a group. ``minor``: None where it is unknown, or for who sees no totals."""

    at: int
    customer_id: str
    object_id: str
    name: str | None
    email: str | None
    currency: str | None
    minor: int | None
    from_plan: str | None
    to_plan: str | None
    from_interval: str | None
    to_interval: str | None
    reason: str | None
    number: str | None  # of an invoice
