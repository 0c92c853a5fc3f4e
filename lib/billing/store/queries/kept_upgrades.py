"""Upgrades of a page from the sums that the writer keeps: their paths, and on which days they are.

Only of the projection itself, where :func:`tells`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select, tuple_

from ...domain.catalog import Catalog
from ...domain.times import day_start, local_date
from ...domain.upgrade_filters import UpgradeFilters
from ...domain.upgrades import steps_up
from ..tables import turnover as u
from . import cut_days, upgrade_feed
from .cut_days import Cut, Row
from .spans import Span
from .upgrade_steps import Judged

STEP: Final = (u.c.began, u.c.interval, u.c.feedback, u.c.to_interval)
"""Of a contraction: plan and interval before and after, as `domain.upgrade_turns` keeps them."""
_KEYS: Final = (u.c.currency, u.c.plan, u.c.to_plan, u.c.reason)
_FIRST, _LAST = date(1970, 1, 1), date(9999, 1, 1)


def tells(connection: Connection, judged: Judged, timezone: str, filters: UpgradeFilters) -> bool:
    """Whether sums are kept, and of what ``filters`` ask."""
    if filters.text or "" in (*filters.plans, *(filters.path or ())):
        return False
    if filters.starts is not None:
        whole = Span(filters.starts, filters.starts)
        if not cut_days.begins_days([whole], timezone):
            return False
    return cut_days.ready(connection, judged.policy, timezone)


class Upgrades:
    """What the sums say of one filtered list."""

    def __init__(
        self, connection: Connection, judged: Judged, timezone: str, filters: UpgradeFilters
    ) -> None:
        self.connection, self.judged = connection, judged
        self.timezone, self.filters = timezone, filters
        starts, ends = filters.starts, filters.ends
        span = Span(
            day_start(_FIRST, self.timezone) if starts is None else starts,
            day_start(_LAST, self.timezone) if ends is None else ends,
        )
        cut = Cut(self.connection, self.judged.policy, self.timezone, [span])
        self._first = (
            date.min if starts is None else local_date(span.starts, self.timezone)
        ).isoformat()
        self._end = cut.end(span)[0]
        self._rests = [
            replace(self.filters, starts=rest.starts, ends=rest.ends) for _, rest in cut.rests()
        ]
        self._cells = list(self.connection.execute(self._query(*_KEYS, u.c.tag, *STEP)).mappings())
        self._in_rests = [
            row
            for rest in self._rests
            for row in upgrade_feed.paths(self.connection, self.judged, rest)
        ]

    def paths(self) -> list[Row]:
        """`upgrade_feed.paths`."""
        found: dict[tuple[Any, ...], list[int]] = {}
        for cell in self._told():
            key = cell["currency"], cell["plan"] or None, cell["to_plan"] or None, cell["reason"]
            cut_days.plus(found.setdefault(key, [0, 0]), cell["count"], cell["minor"])
        for row in self._in_rests:
            key = row["currency"], row["from_plan"], row["to_plan"], row["told"]
            cut_days.plus(found.setdefault(key, [0, 0]), row["count"], row["minor"])
        names = ("currency", "from_plan", "to_plan", "told")
        return [
            {**dict(zip(names, key, strict=True)), "count": count, "minor": minor}
            for key, (count, minor) in found.items()
            if count
        ]

    def page(self) -> list[RowMapping]:
        """`upgrade_feed.page`, which looks at the days alone on which its rows are."""
        limit, offset = self.filters.page
        before, last, first = 0, None, None
        for starts, ends, count in self._days():
            if last is None and before + count > offset:
                # Whole days before it are passed over.
                last, offset, before = ends, offset - before, 0
            before += count
            if last is not None and before >= limit + offset:
                first = starts
                break
        if last is None:
            return []
        since = self.filters.starts if first is None else first
        window = replace(self.filters, starts=since, ends=last, offset=offset)
        return upgrade_feed.page_within(self.connection, self.judged, window)

    def _days(self) -> Iterator[tuple[int, int | None, int]]:
        """``starts, ends, count``, newest first."""
        for rest in self._rests:
            assert rest.starts is not None
            yield rest.starts, rest.ends, sum(int(row["count"]) for row in self._in_rests)
        ups = {tuple(cell[key.name] for key in STEP) for cell in self._told() if _may_fall(cell)}
        steps: ColumnElement[bool] = u.c.tag != "contraction"
        if ups:
            steps = or_(steps, tuple_(*STEP).in_(sorted(ups)))
        for day, count, _ in self.connection.execute(
            self._query(u.c.day).where(steps).order_by(u.c.day.desc())
        ):
            starts = date.fromisoformat(day)
            ends = day_start(starts + timedelta(days=1), self.timezone)
            if self.filters.ends is not None:
                ends = min(ends, self.filters.ends)
            yield day_start(starts, self.timezone), ends, int(count)

    def _query(self, *keys: ColumnElement[str]) -> Any:
        filters = self.filters
        query = (
            select(*keys, func.sum(u.c.count).label("count"), func.sum(u.c.minor).label("minor"))
            .where(
                u.c.kind == "upgrade",
                u.c.policy == self.judged.policy,
                u.c.day >= self._first,
                u.c.day < self._end.isoformat(),
            )
            .group_by(*keys)
        )
        if filters.currencies:
            query = query.where(u.c.currency.in_(filters.currencies))
        if filters.changes:
            query = query.where(u.c.reason.in_(filters.changes))
        if filters.plans:
            query = query.where(u.c.to_plan.in_(filters.plans))
        if filters.path is not None:
            before, after = (plan or "" for plan in filters.path)
            query = query.where(u.c.plan == before, u.c.to_plan == after)
        return query

    def _told(self) -> Iterator[RowMapping]:
        for cell in self._cells:
            if not _may_fall(cell) or is_up(self.judged.catalog, *(cell[k.name] for k in STEP)):
                yield cell


def _may_fall(cell: RowMapping) -> bool:
    return bool(cell["tag"] == "contraction")


def is_up(catalog: Catalog, plan: str, interval: str, to_plan: str, to_interval: str) -> bool:
    """Whether a kept step leads upwards; "" is none."""
    rank, to_rank = (catalog.plan(slug).rank if slug else -1 for slug in (plan, to_plan))
    return steps_up(rank, interval or None, to_rank, to_interval or None)
