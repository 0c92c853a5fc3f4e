"""What leaves MRR: the coming weeks, and who is behind one of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Final

from ..domain.times import day_start, local_date, period_start
from ..settings.setup import Setup
from ..store.queries import outlook
from ..store.queries import runway as queries
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Reader
from ..store.queries.spans import Span
from .upgrade_views import Runway, RunwayItem, RunwayWeek
from .views import Listing, Sum

WEEKS: Final = 8
_WEEK: Final = timedelta(days=7)


def runway(reader: Reader, setup: Setup, now: int, currency: str) -> Runway:
    """The running week and the seven after it, and what leaves before and after them."""
    first = period_start(local_date(now, setup.timezone), "week")
    mondays = [first + n * _WEEK for n in range(WEEKS)]
    starts = day_start(first, setup.timezone)
    ends = day_start(mondays[-1] + _WEEK, setup.timezone)
    with reader.open() as connection:
        rows = queries.summed(connection, currency, starts, ends)
        rest = queries.outside(connection, currency, starts, ends)
    found: defaultdict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        day = local_date(int(row["quarter_hour"]) * QUARTER_HOUR, setup.timezone)
        part = found[period_start(day, "week"), row["kind"]]
        part[0] += int(row["subscriptions"])
        part[1] += int(row["mrr_minor"])
    return Runway(
        currency=currency,
        weeks=tuple(_week(found, monday, setup.timezone) for monday in mondays),
        overdue_minor=int(rest["before"]),
        later_minor=int(rest["after"]),
        unknown_minor=int(rest["unknown"]),
    )


def _week(
    found: defaultdict[tuple[date, str], list[int]], monday: date, timezone: str
) -> RunwayWeek:
    ends, downgrades = found[monday, "end"], found[monday, "downgrade"]
    return RunwayWeek(
        key=monday.isoformat(),
        starts=day_start(monday, timezone),
        ends=day_start(monday + _WEEK, timezone),
        subscriptions=ends[0] + downgrades[0],
        end_minor=ends[1],
        downgrade_minor=downgrades[1],
    )


def leaving(
    reader: Reader, currency: str, span: Span, limit: int, offset: int
) -> Listing[RunwayItem]:
    """One page of who is behind a stretch of the runway, the largest amount first."""
    with reader.open() as connection:
        rows = outlook.leaving_page(connection, currency, span, limit, offset)
        count, minor = outlook.leaving_sum(connection, currency, span)
    return Listing(
        rows=tuple(RunwayItem(**row) for row in rows),
        total=count,
        sums=(Sum(currency, count, minor),) if count else (),
        bars=(),
        choices={},
    )
