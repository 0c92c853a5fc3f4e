"""Unix seconds in, words out; days and periods in the time zone of the business."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

DAY = 86_400
_END_OF_TIME = 253_370_764_800  # the year 9999, where calendars end
MONTHS = (
    "January February March April May June July August September October November December".split()
)


@lru_cache(maxsize=8)
def zone(name: str) -> ZoneInfo:
    """The time zone called ``name``; raises ``zoneinfo.ZoneInfoNotFoundError``."""
    return ZoneInfo(name)


def iso(second: int | None) -> str | None:
    """``2026-11-22T03:00:00Z``; None stays None."""
    if second is None:
        return None
    return datetime.fromtimestamp(second, UTC).isoformat()[:19] + "Z"


def parse_iso(text: str) -> int:
    """Unix second of an ISO 8601 time; one without an offset is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def local_date(second: int, timezone: str) -> date:
    """The business day that ``second`` belongs to."""
    return datetime.fromtimestamp(second, zone(timezone)).date()


def day_start(day: date, timezone: str) -> int:
    """The first second of ``day``."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone(timezone)).timestamp())


def offsets(first: int, last: int, timezone: str) -> list[tuple[int, int]]:
    """How far the business's clock is ahead of UTC between two seconds.

    (first second, seconds to add), one each time the clock was changed; the first of them also
    holds for whatever came before.
    """
    ahead = partial(_ahead, zone(timezone))
    found = [(first, ahead(first))]
    for second in range(first + DAY, last + DAY, DAY):
        if ahead(second) != found[-1][1]:
            before, after = second - DAY, second
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (
                    (middle, after) if ahead(middle) == found[-1][1] else (before, middle)
                )
            found.append((after, ahead(after)))
    return found


def _ahead(clock: ZoneInfo, second: int) -> int:
    told = datetime.fromtimestamp(second, clock).utcoffset()
    return int(told.total_seconds()) if told else 0


def as_of_second(text: str, timezone: str) -> int:
    """The last second that ``--as-of`` takes in: a day's last one, or the ISO time itself.

    Raises ValueError with a sentence that says what a usable value looks like.
    """
    try:
        if len(text) == 10:
            second = day_start(date.fromisoformat(text) + timedelta(days=1), timezone) - 1
        else:
            second = parse_iso(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a day (2026-01-31) nor an ISO 8601 time (2026-01-31T12:00:00Z)."
        ) from None
    except OverflowError:
        second = -1
    if not 0 <= second < _END_OF_TIME:
        raise ValueError(f"{text!r} is not between the years 1970 and 9998.")
    return second


def period_of(second: int, by: str, timezone: str) -> str:
    """``2026-01-31``, ``2026-W05``, ``2026-01`` or ``2026-Q1``, by day, week, month or quarter."""
    return period_name(local_date(second, timezone), by)


def period_name(day: date, by: str) -> str:
    match by:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{day.year}-{day.month:02d}"
        case "quarter":
            return f"{day.year}-Q{(day.month + 2) // 3}"
    raise ValueError(f"{by!r} is not a period: use day, week, month or quarter.")


def period_start(day: date, by: str) -> date:
    """The first day of the period that ``day`` is in."""
    match by:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    raise ValueError(f"{by!r} is not a period: use day, week, month or quarter.")


def next_period(first: date, by: str) -> date:
    """The first day of the period after the one that begins on ``first``."""
    match by:
        case "day":
            return first + timedelta(days=1)
        case "week":
            return first + timedelta(days=7)
        case "month":
            return period_start(first + timedelta(days=32), "month")
        case "quarter":
            return period_start(first + timedelta(days=100), "quarter")
    raise ValueError(f"{by!r} is not a period: use day, week, month or quarter.")


def spoken_day(second: int, timezone: str = "UTC") -> str:
    """``14 August 2026``."""
    day = local_date(second, timezone)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
