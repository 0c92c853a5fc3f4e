"""What the movements of one customer add to the sums of its plan, interval and length of stay.

Sums of kind "stay" tell of whom a day begins with once all days up to it are added up: a customer
that grows older leaves one band and enters the next on a day that is known when it joins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .rows import MovementRow
from .stays import BANDS, band_at
from .times import DAY, day_start, local_date

if TYPE_CHECKING:
    from .turnover import Turn

Added = tuple["Turn", int, int]
"""The sum, customers, and minor units of their MRR."""

LOST_BY: Final = {"month": "lost_month", "quarter": "lost_quarter"}
"""Kinds of sums that tell of whom a period began with and who left in it. In a week or a day so few
leave that their rows are read."""

_BIRTHDAYS: Final = tuple(until for _, _, until in BANDS if until is not None)
_LAST: Final = 253_370_764_800
"""The year 9999, where calendars end."""


def of_stay(
    own: Turn, row: MovementRow, earlier: Sequence[MovementRow], timezone: str
) -> Iterator[Added]:
    """``own``: of the day of the movement. ``earlier``: of the same customer, in order."""
    following = (date.fromisoformat(own.day) + timedelta(days=1)).isoformat()
    birthdays = _birthdays((earlier[0] if earlier else row).occurred_at, timezone)
    for told, sign in ((earlier[-1] if earlier else None, -1), (row, 1)):
        if told is None or told.kind == "churn":
            continue
        cell = _cell(own, "stay", told)
        band = sum(day <= following for day in birthdays)
        minor = sign * told.after_minor
        yield cell._replace(day=following, tag=BANDS[band][0]), sign, minor
        for older, day in enumerate(birthdays[band:], start=band + 1):
            yield cell._replace(day=day, tag=BANDS[older - 1][0]), -sign, -minor
            yield cell._replace(day=day, tag=BANDS[older][0]), sign, minor


def of_lost(
    own: Turn, starts: str, earlier: Sequence[MovementRow], sign: int, timezone: str
) -> Iterator[Added]:
    """Of whom the period of ``own`` that ``starts`` on a day began with; of nobody else."""
    kind = LOST_BY.get(own.kind)
    if kind is None:
        return
    second = _second(starts, timezone)
    told = next((row for row in reversed(earlier) if row.occurred_at < second), None)
    if told is not None and told.kind != "churn":
        band = band_at(second, earlier[0].occurred_at)
        yield _cell(own, kind, told)._replace(tag=band), sign, sign * told.after_minor


def _cell(own: Turn, kind: str, told: MovementRow) -> Turn:
    return own._replace(kind=kind, plan=told.to_plan or "", interval=told.to_interval or "")


@lru_cache(maxsize=1 << 12)
def _second(day: str, timezone: str) -> int:
    return day_start(date.fromisoformat(day), timezone)


@lru_cache(maxsize=1 << 14)
def _birthdays(joined_at: int, timezone: str) -> tuple[str, ...]:
    """The days that it is of each further band from, at their beginning."""
    found = []
    for days in _BIRTHDAYS:
        second = min(joined_at + days * DAY, _LAST)
        day = local_date(second, timezone)
        if day_start(day, timezone) < second:
            day += timedelta(days=1)
        found.append(day.isoformat())
    return tuple(found)
