"""Stretches of time as business days, and the kept sums of each.

Only of the projection itself, where :func:`ready`. Of a last day that is cut off within, only the
rows of that day are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    column,
    func,
    select,
    values,
)

from ...domain import turnover as told
from ...domain.rows import MovementRow
from ...domain.times import day_start, local_date, next_period, period_start
from ...domain.turnover import Story, Turnover
from .. import turnover as store
from ..stories import sold_by_id
from ..tables import movements as m
from ..tables import rollups as r
from ..tables import turnover as u
from .spans import Span

Row = Mapping[str, Any]


def ready(connection: Connection, policy: str, timezone: str) -> bool:
    """Whether the sums are kept, of this policy and in this time zone's days."""
    return store.kept(connection, timezone, policy)


def begins_days(spans: Iterable[Span], timezone: str) -> bool:
    """Whether every span begins when a business day does."""
    return all(_begins_day(span.starts, timezone) for span in spans)


def are_periods(spans: Iterable[Span], by: str, timezone: str) -> bool:
    """Whether every span is one period of its kind, or the first part of one."""
    for span in spans:
        day = local_date(span.starts, timezone)
        if period_start(day, by) != day or not _begins_day(span.starts, timezone):
            return False
        if span.ends > day_start(next_period(day, by), timezone):
            return False
    return True


def _begins_day(second: int, timezone: str) -> bool:
    return day_start(local_date(second, timezone), timezone) == second


class Cut:
    """Spans as business days, and what is left of days that end within a span."""

    def __init__(
        self,
        connection: Connection,
        policy: str,
        timezone: str,
        spans: Sequence[Span],
        *,
        exactly: bool = False,
    ) -> None:
        """``exactly``: what is not told by movements is cut off too."""
        self._connection, self._policy, self._timezone = connection, policy, timezone
        self._exactly = exactly
        self.spans = spans
        self._ends: dict[int, tuple[date, Span | None]] = {}
        self._turned: dict[tuple[Span, str, bool], Turnover] = {}
        self._told: dict[tuple[Span, bool], list[Story]] = {}

    def days(self) -> CTE:
        """`days_of`, one for each span."""
        return days_of(
            (local_date(span.starts, self._timezone).isoformat(), self.end(span)[0].isoformat())
            for span in self.spans
        )

    def rests(self) -> Iterator[tuple[int, Span]]:
        """Of each span that is cut off within a day: the part of that day in which it lies."""
        for n, span in enumerate(self.spans):
            rest = self.end(span)[1]
            if rest is not None:
                yield n, rest

    def end(self, span: Span) -> tuple[date, Span | None]:
        """The first day that is not whole in it, and what of that day is."""
        if span.ends not in self._ends:
            self._ends[span.ends] = self._end(span.ends)
        return self._ends[span.ends]

    def _end(self, ends: int) -> tuple[date, Span | None]:
        day = local_date(ends, self._timezone)
        starts = day_start(day, self._timezone)
        if starts == ends:
            return day, None
        following = day + timedelta(days=1)
        if not self._exactly and not self._moves(ends, day_start(following, self._timezone)):
            return following, None
        return day, Span(starts, ends)

    def turned(self, rest: Span, currency: str | None, by: str, *, whole: bool = False) -> Turnover:
        """What those who came or left in ``rest`` add to the sums of one kind of periods.
        ``whole``: by what else moved of them, too."""
        asked = rest, by, whole
        if asked not in self._turned:
            total: Turnover = {}
            for story in self._stories(rest, currency, whole):
                moved = told.of_period(story, self._timezone, by, since=rest.starts)
                told.add_to(total, moved.items())
            self._turned[asked] = total
        return self._turned[asked]

    def _stories(self, rest: Span, currency: str | None, whole: bool) -> list[Story]:
        if (rest, whole) not in self._told:
            found = stories_of(self._connection, self._policy, rest, currency, whole=whole)
            self._told[rest, whole] = found
        return self._told[rest, whole]

    def _moves(self, starts: int, ends: int) -> bool:
        """Whether anything lies after the cut on its day: only where later is known than asked."""
        query = select(m.c.movement_id).where(
            m.c.policy == self._policy, m.c.occurred_at >= starts, m.c.occurred_at < ends
        )
        return self._connection.execute(query.limit(1)).first() is not None


def days_of(stretches: Iterable[tuple[str, str]]) -> CTE:
    """``n, first, ends``: ISO days, the last one not within. There must be at least one."""
    rows = [(n, *stretch) for n, stretch in enumerate(stretches)]
    columns = (column("n", BigInteger), column("first", Text), column("ends", Text))
    return values(*columns, name="days_values").data(rows).cte("days")


def stories_of(
    connection: Connection, policy: str, rest: Span, currency: str | None, *, whole: bool = False
) -> list[Story]:
    """How those came and left until the end of ``rest`` who did so in it. ``whole``: and what else
    moved of them."""
    own = [m.c.policy == policy, m.c.occurred_at < rest.ends]
    coming = m.c.kind.in_(told.COMING)
    who = only(
        select(m.c.customer_id).where(*own, coming, m.c.occurred_at >= rest.starts),
        m.c.currency,
        currency,
    )
    if not whole:
        own.append(coming)
    query = only(select(m).where(*own, m.c.customer_id.in_(who)), m.c.currency, currency)
    moved: defaultdict[str, list[MovementRow]] = defaultdict(list)
    for row in connection.execute(query):
        moved[row.customer_id].append(MovementRow(*row))
    left = [
        row.subscription_id
        for rows in moved.values()
        for row in rows
        if row.kind == "churn" and row.subscription_id
    ]
    sold = sold_by_id(connection, left)
    return [
        Story(
            tuple(rows), {name: sold[name] for row in rows if (name := row.subscription_id) in sold}
        )
        for rows in moved.values()
    ]


def moved_by_span(days: CTE, policy: str, currency: str | None) -> Select[Any]:
    """``n, currency, kind, count, minor`` of movements."""
    query = (
        select(days.c.n, r.c.currency, r.c.tag, func.sum(r.c.customers), func.sum(r.c.minor))
        .select_from(days.join(r, and_(r.c.bucket >= days.c.first, r.c.bucket < days.c.ends)))
        .where(r.c.kind == "movement", r.c.policy == policy)
        .group_by(days.c.n, r.c.currency, r.c.tag)
    )
    return only(query, r.c.currency, currency)


def summed_by_span(
    kind: str, days: CTE, policy: str, currency: str | None, *keys: ColumnElement[str]
) -> Select[Any]:
    """``n, currency, *keys, count, minor`` of one kind."""
    query = (
        select(days.c.n, u.c.currency, *keys, func.sum(u.c.count), func.sum(u.c.minor))
        .select_from(days.join(u, and_(u.c.day >= days.c.first, u.c.day < days.c.ends)))
        .where(u.c.kind == kind, u.c.policy == policy)
        .group_by(days.c.n, u.c.currency, *keys)
    )
    return only(query, u.c.currency, currency)


def only(query: Select[Any], held: ColumnElement[str], currency: str | None) -> Select[Any]:
    return query if currency is None else query.where(held == currency)


def plus(held: list[int], count: Any, minor: Any) -> None:
    held[0] += int(count)
    held[1] += int(minor)
