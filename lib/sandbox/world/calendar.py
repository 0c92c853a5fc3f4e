"""Calendar arithmetic in UTC, on unix seconds: months as a subscription's anchor counts them."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

HOUR = 3_600
DAY = 86_400
WEEK = 7 * DAY


def add_months(unix: int, months: int) -> int:
    """The same day and time `months` later (or earlier); the last day where it does not exist."""
    moment = datetime.fromtimestamp(unix, UTC)
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())


def anchor_for(due: int, months: int, *, every: int = 1) -> int:
    """A start about `months` before `due` whose renewals, each `every` months, hit `due` exactly.

    A day that some months lack (the 31st) is met by starting in a month that has it.
    """
    periods = max(1, months // every)
    for extra in (0, 1, 2, -1, 3, 4, -2, 5, 6):
        count = periods + extra
        start = add_months(due, -every * count)
        if count >= 1 and add_months(start, every * count) == due:
            return start
    return add_months(due, -every * periods)
