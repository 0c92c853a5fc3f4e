"""Billing periods: seconds counted in days, weeks, months and years from an anchor, in UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

SECONDS = {"day": 86_400, "week": 604_800}
MONTHS = {"month": 1, "year": 12}


def add(anchor: int, interval: str, count: int) -> int:
    """``count`` intervals after ``anchor``; a day that the month lacks becomes its last one."""
    if interval in SECONDS:
        return anchor + SECONDS[interval] * count
    start = datetime.fromtimestamp(anchor, UTC)
    months = start.year * 12 + start.month - 1 + MONTHS[interval] * count
    year, month = divmod(months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return int(start.replace(year=year, month=month + 1, day=day).timestamp())


def period_end(anchor: int, interval: str, count: int, start: int) -> int:
    """The first boundary after ``start``; boundaries lie whole intervals from ``anchor``."""
    if interval in SECONDS:
        step = SECONDS[interval] * count
        return anchor + ((start - anchor) // step + 1) * step
    step = MONTHS[interval] * count
    first, now = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(start, UTC)
    passed = (now.year - first.year) * 12 + now.month - first.month
    number = passed // step
    while (end := add(anchor, interval, number * count)) <= start:
        number += 1
    return end


def period_start(anchor: int, interval: str, count: int, end: int) -> int:
    """The boundary before ``end``."""
    if interval in SECONDS:
        return end - SECONDS[interval] * count
    step = MONTHS[interval] * count
    first, last = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(end, UTC)
    number = ((last.year - first.year) * 12 + last.month - first.month) // step
    while (start := add(anchor, interval, number * count)) >= end:
        number -= 1
    return start
