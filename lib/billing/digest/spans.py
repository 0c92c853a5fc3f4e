"""Which day or week a digest is of, and when one is due. Pure; days are of the business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..domain.times import day_start, local_date, period_name, period_start, zone
from .values import Covered

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def covered(by: str, second: int, timezone: str) -> Covered:
    """The last whole day or ISO week that is over at ``second``, the first one after it."""
    following = period_start(local_date(second, timezone), by)
    first = period_start(following - timedelta(days=1), by)
    return Covered(
        by=by,
        name=period_name(first, by),
        first_day=first.isoformat(),
        last_day=(following - timedelta(days=1)).isoformat(),
        starts=day_start(first, timezone),
        ends=day_start(following, timezone),
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """Every day, or every week on ``weekday`` (0 is Monday), at a time of the business's clock."""

    hour: int
    minute: int
    weekday: int | None = None

    @property
    def by(self) -> str:
        return "day" if self.weekday is None else "week"

    def last(self, now: int, timezone: str) -> int:
        """When it last was, ``now`` included.

        A time that the clock skips in spring is taken an hour later, one that comes twice in autumn
        is taken the first time.
        """
        day = local_date(now, timezone)
        if self.weekday is not None:
            day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        step = timedelta(days=1 if self.weekday is None else 7)
        while True:
            local = datetime(
                day.year, day.month, day.day, self.hour, self.minute, tzinfo=zone(timezone)
            )
            second = int(local.astimezone(UTC).timestamp())
            if second <= now:
                return second
            day -= step


def parse_moment(text: str, *, weekly: bool) -> Moment:
    """``monday 08:00``, or ``08:00`` for a daily one. Raises ValueError."""
    weekday, _, clock = text.strip().lower().rpartition(" ")
    if (weekday.strip() in WEEKDAYS) != weekly or (weekday and not weekly):
        raise ValueError(text)
    hour, colon, minute = clock.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isdecimal()):
        raise ValueError(text)
    at = datetime(2000, 1, 1, int(hour), int(minute), tzinfo=UTC)  # judges the numbers
    return Moment(at.hour, at.minute, WEEKDAYS.index(weekday.strip()) if weekly else None)
