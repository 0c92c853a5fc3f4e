"""How old what is owed is: every open invoice stands in exactly one bucket."""

from __future__ import annotations

from typing import Final

from .times import DAY

BUCKETS: Final[dict[str, int | None]] = {
    "not_due": 0,
    "1-30": 30 * DAY,
    "31-60": 60 * DAY,
    "61-90": 90 * DAY,
    "91-120": 120 * DAY,
    ">120": None,
}
"""Bucket -> the most seconds past due that it holds; None: no end. Youngest first."""

OVERDUE: Final = tuple(name for name in BUCKETS if name != "not_due")


def age_days(due: int | None, now: int) -> int | None:
    """Whole days past due, begun ones counted as whole; 0 or less: not due yet."""
    return None if due is None else -((due - now) // DAY)


def bucket_of(due: int | None, now: int) -> str:
    """The bucket at ``now`` of what is due since ``due``; what has no date is not due."""
    past = 0 if due is None else now - due
    return next(name for name, most in BUCKETS.items() if most is None or past <= most)


def due_since(due_at: int | None, finalized_at: int | None, created_at: int | None) -> int | None:
    """From when an invoice ages: its due date, else when it was finalised, else created."""
    return next((at for at in (due_at, finalized_at, created_at) if at is not None), None)
