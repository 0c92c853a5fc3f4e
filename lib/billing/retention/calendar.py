"""The stretches of time that rates are reckoned over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ..domain.times import DAY, day_start, local_date, next_period, period_start
from ..store.queries.spans import Span

if TYPE_CHECKING:  # reports import this
    from ..reports.periods import Period

STRIPE_WINDOW: Final = 30 * DAY
"""Stripe's subscriber churn is of the last 30 × 24 hours, whatever the month's length."""


def months_between(first: int, last: int, timezone: str) -> list[Span]:
    """The whole months of the business that hold ``first``, ``last`` and what is between."""
    day = period_start(local_date(first, timezone), "month")
    found = []
    while (starts := day_start(day, timezone)) <= last:
        day = next_period(day, "month")
        found.append(Span(starts, day_start(day, timezone)))
    return found


def months_before(second: int, count: int, timezone: str) -> list[Span]:
    """The last ``count`` months that are over at ``second``, the oldest first."""
    day = period_start(local_date(second, timezone), "month")
    found: list[Span] = []
    for _ in range(count):
        before = period_start(day - timedelta(days=1), "month")
        found.append(Span(day_start(before, timezone), day_start(day, timezone)))
        day = before
    return found[::-1]


def whole(period: Period, by: str, timezone: str) -> bool:
    """Whether nothing of the period is cut off at its end."""
    following = next_period(period_start(local_date(period.starts, timezone), by), by)
    return period.ends >= day_start(following, timezone)


def pieces(spans: Iterable[Span]) -> Sequence[Span]:
    """Disjoint spans, in order, whose borders are all the borders of ``spans``."""
    borders = sorted({second for span in spans for second in span})
    return [Span(a, b) for a, b in pairwise(borders)]
