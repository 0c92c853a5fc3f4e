"""The stretches of time that a page looks back on, each with the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .times import day_start, local_date, period_name, period_start

DAYS: Final = {"30d": 30, "90d": 90}
YEAR: Final = "12m"
MONTHS_BACK: Final = 12


@dataclass(frozen=True, slots=True)
class Lookback:
    """``starts <= second < ends``; what it is compared with is ``earlier <= second < starts``.

    ``key``: ``30d``, ``90d``, ``12m``, or a month as ``2026-11``.
    """

    key: str
    earlier: int
    starts: int
    ends: int


def lookbacks(now: int, timezone: str) -> tuple[Lookback, ...]:
    """The last days with today, the last twelve months, then each month, the running one first."""
    today, end = local_date(now, timezone), now + 1

    def first(day: date) -> int:
        return day_start(day, timezone)

    found = [
        Lookback(
            key,
            first(today - timedelta(days=2 * days - 1)),
            first(today - timedelta(days=days - 1)),
            end,
        )
        for key, days in DAYS.items()
    ]
    months = [today.replace(day=1)]
    while len(months) <= 2 * MONTHS_BACK:
        months.append(period_start(months[-1] - timedelta(days=1), "month"))
    year = MONTHS_BACK - 1
    found.append(Lookback(YEAR, first(months[year + MONTHS_BACK]), first(months[year]), end))
    for n in range(MONTHS_BACK):
        after = first(months[n - 1]) if n else end
        name = period_name(months[n], "month")
        found.append(Lookback(name, first(months[n + 1]), first(months[n]), after))
    return tuple(found)
