"""The periods of a roll-forward: half-open, in the business time zone, without a hole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .times import day_start, local_date, next_period, period_name, period_start

PERIODS: Final = ("day", "week", "month", "quarter")


@dataclass(frozen=True, slots=True)
class Period:
    """``starts <= second < ends``; the first and last may be cut by --from and --to."""

    name: str
    starts: int
    ends: int


def periods(first: int, last: int, by: str, timezone: str) -> Iterator[Period]:
    """Every period that has a second in ``first <= second <= last``."""
    day = period_start(local_date(first, timezone), by)
    while (starts := day_start(day, timezone)) <= last:
        following = next_period(day, by)
        ends = day_start(following, timezone)
        yield Period(period_name(day, by), max(starts, first), min(ends, last + 1))
        day = following
