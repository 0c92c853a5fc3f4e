"""Churn, cohorts, trials and upgrades from the sums that the writer keeps.

Only of the projection itself, where :func:`ready`. Each function gives what its namesake elsewhere
gives of the rows, for spans that begin when a business day does; of a last day that is cut off
within, only the rows of that day are read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

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
from ...domain.catalog import Catalog
from ...domain.rows import MovementRow
from ...domain.times import day_start, local_date, next_period, period_start
from ...domain.turnover import Added, Story, Turn, Turnover
from ...domain.upgrades import steps_up
from .. import turnover as store
from ..stories import sold_by_id
from ..tables import movements as m
from ..tables import rollups as r
from ..tables import turnover as u
from . import churn, outlook, upgrade_feed
from .spans import Span
from .upgrade_feed import Judged

Row = Mapping[str, Any]
_COMING: Final = ("new", "reactivation", "churn")


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
        self._turned: dict[Span, Turnover] = {}

    def days(self) -> CTE:
        """``n, first, ends``: ISO days, the last one not within."""
        rows = [
            (n, local_date(span.starts, self._timezone).isoformat(), self.end(span)[0].isoformat())
            for n, span in enumerate(self.spans)
        ]
        columns = (column("n", BigInteger), column("first", Text), column("ends", Text))
        return values(*columns, name="days_values").data(rows).cte("days")

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

    def turned(self, rest: Span, currency: str | None) -> Turnover:
        """What those who came or left in ``rest`` add to the sums of periods."""
        if rest not in self._turned:
            found = stories_of(self._connection, self._policy, rest, currency)
            total: Turnover = {}
            for story in found:
                moved = told.of_story(story, self._timezone, since=rest.starts)
                told.add_to(total, moved.items())
            self._turned[rest] = total
        return self._turned[rest]

    def _moves(self, starts: int, ends: int) -> bool:
        """Whether anything lies after the cut on its day: only where later is known than asked."""
        query = select(m.c.movement_id).where(
            m.c.policy == self._policy, m.c.occurred_at >= starts, m.c.occurred_at < ends
        )
        return self._connection.execute(query.limit(1)).first() is not None


def flows(connection: Connection, cut: Cut, policy: str, currency: str | None = None) -> list[Row]:
    """`churn.flows`."""
    days = cut.days()
    found: defaultdict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for n, code, kind, count, minor in connection.execute(_moved(days, policy, currency)):
        _plus(found[int(n), code, kind], count, minor)
    inferred = _summed("inferred", days, policy, currency, u.c.tag)
    for n, code, kind, count, _ in connection.execute(inferred):
        found[int(n), code, kind][2] += int(count)
    for n, rest in cut.rests():
        for row in churn.flows(connection, policy, [rest], currency):
            held = found[n, row["currency"], row["kind"]]
            _plus(held, row["count"], row["delta_minor"])  # type: ignore[call-overload]
            held[2] += int(row["reconstructed"])
    return [
        {
            "n": n,
            "currency": code,
            "kind": kind,
            "count": count,
            "delta_minor": minor,
            "reconstructed": rebuilt,
        }
        for (n, code, kind), (count, minor, rebuilt) in sorted(found.items())
        if count
    ]


def before(
    connection: Connection, policy: str, day: date, currency: str | None = None
) -> list[Row]:
    """`churn.before`, of a time when a business day begins."""
    query = _only(
        select(
            r.c.currency,
            r.c.tag.label("kind"),
            func.sum(r.c.customers).label("count"),
            func.sum(r.c.minor).label("delta_minor"),
        )
        .where(r.c.kind == "movement", r.c.policy == policy, r.c.bucket < day.isoformat())
        .group_by(r.c.currency, r.c.tag),
        r.c.currency,
        currency,
    )
    rows = connection.execute(query).mappings()
    return [dict(row) for row in rows if row["count"]]  # type: ignore[call-overload]


def first_told(connection: Connection, policy: str, timezone: str) -> int | None:
    """`outlook.first_told`: the first movement that was not inferred."""
    day = _first_told_day(connection, policy)
    if day is None:
        return None
    starts = day_start(day, timezone)
    query = select(func.min(m.c.occurred_at)).where(
        m.c.policy == policy,
        ~m.c.reconstructed,
        m.c.occurred_at >= starts,
        m.c.occurred_at < day_start(day + timedelta(days=1), timezone),
    )
    found = connection.scalar(query)
    return None if found is None else int(found)


def _first_told_day(connection: Connection, policy: str) -> date | None:
    inferred = {
        day: int(count)
        for day, count in connection.execute(
            select(u.c.day, func.sum(u.c.count))
            .where(u.c.kind == "inferred", u.c.policy == policy)
            .group_by(u.c.day)
        )
    }
    days = (
        select(r.c.bucket, func.sum(r.c.customers))
        .where(r.c.kind == "movement", r.c.policy == policy)
        .group_by(r.c.bucket)
        .order_by(r.c.bucket)
    )
    for day, count in connection.execute(days):
        if int(count) > inferred.get(day, 0):
            return date.fromisoformat(day)
    return None


def reach(connection: Connection, policy: str, timezone: str) -> tuple[int, int, int | None] | None:
    """`churn.reach`."""
    ends = [
        connection.scalar(select(of(m.c.occurred_at)).where(m.c.policy == policy))
        for of in (func.min, func.max)
    ]
    if ends[0] is None:
        return None
    return int(ends[0]), int(ends[1]), first_told(connection, policy, timezone)


def people(
    connection: Connection, cut: Cut, by: str, policy: str, currency: str | None = None
) -> list[Row]:
    """`churn.people`, of spans that are whole periods."""
    found: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for row in flows(connection, cut, policy, currency):
        if row["kind"] == "new":
            found[row["n"], row["currency"]]["joined"] += row["count"]
    for n, turn, added in _turned(connection, cut, by, policy, currency, (u.c.tag,)):
        found[n, turn.currency][turn.tag] += added.count
    return [
        {
            "n": n,
            "currency": code,
            **{name: held[name] for name in ("joined", "returned", "churned", "lost")},
        }
        for (n, code), held in sorted(found.items())
        if any(held.values())
    ]


def causes(
    connection: Connection, cut: Cut, by: str, policy: str, currency: str | None = None
) -> list[Row]:
    """`churn.causes`, of spans that are whole periods."""
    found: defaultdict[tuple[int, str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    keys = (u.c.tag, u.c.reason, u.c.feedback)
    for n, turn, added in _turned(connection, cut, by, policy, currency, keys):
        if turn.tag == "churned":
            held = found[n, turn.currency, turn.reason, turn.feedback]
            held[0] += added.count
            held[1] += added.minor
    return [
        {
            "n": n,
            "currency": code,
            "reason": reason or None,
            "feedback": feedback or None,
            "customers": count,
            "switched": switched,
        }
        for (n, code, reason, feedback), (count, switched) in sorted(found.items())
        if count
    ]


def churned_by_plan(
    connection: Connection, cut: Cut, by: str, policy: str, currency: str | None
) -> list[Row]:
    """`outlook.churned_by_plan`, of spans that are whole periods."""
    found: Counter[tuple[int, str]] = Counter()
    for n, turn, added in _turned(connection, cut, by, policy, currency, (u.c.tag, u.c.plan)):
        if turn.tag == "lost":
            found[n, turn.plan] += added.count
    return [
        {"n": n, "plan": plan or None, "churned": count}
        for (n, plan), count in sorted(found.items())
        if count
    ]


def on_plans(
    connection: Connection, policy: str, month: date, currency: str
) -> dict[str | None, int]:
    """`outlook.on_plans`, when a month begins."""
    query = (
        select(u.c.plan, u.c.to_plan, func.sum(u.c.count), func.sum(u.c.minor))
        .where(
            u.c.kind == "plans",
            u.c.policy == policy,
            u.c.currency == currency,
            u.c.day < month.isoformat(),
        )
        .group_by(u.c.plan, u.c.to_plan)
    )
    found: Counter[str | None] = Counter()
    for plan, to_plan, came, went in connection.execute(query):
        found[to_plan or None] += int(came)
        found[plan or None] -= int(went)
    return {plan: count for plan, count in found.items() if count > 0}


def cohorts(
    connection: Connection, policy: str, months: Sequence[date], currency: str | None = None
) -> list[Row]:
    """`cohorts.cells` of every cohort. ``months``: the first days of all of them."""
    place = {month.isoformat(): n for n, month in enumerate(months)}
    query = _only(
        select(u.c.currency, u.c.began, u.c.day, func.sum(u.c.count), func.sum(u.c.minor))
        .where(u.c.kind == "cohort", u.c.policy == policy)
        .group_by(u.c.currency, u.c.began, u.c.day),
        u.c.currency,
        currency,
    )
    came = _joined_by_month(connection, policy, currency)
    return [
        {
            "currency": code,
            "cohort": place[began],
            "month": place[day],
            "customers": int(count),
            "minor": int(minor),
            "joined": came.get((code, began), 0) if began == day else 0,
        }
        for code, began, day, count, minor in connection.execute(query)
        if began in place and day in place
    ]


def _joined_by_month(
    connection: Connection, policy: str, currency: str | None
) -> dict[tuple[str, str], int]:
    month = func.substr(r.c.bucket, 1, 7)
    query = _only(
        select(r.c.currency, month, func.sum(r.c.customers))
        .where(r.c.kind == "movement", r.c.policy == policy, r.c.tag == "new")
        .group_by(r.c.currency, month),
        r.c.currency,
        currency,
    )
    return {(code, f"{name}-01"): int(count) for code, name, count in connection.execute(query)}


def trials(connection: Connection, cut: Cut, policy: str, currency: str | None = None) -> list[Row]:
    """`churn.trials`."""
    found: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    query = _summed("trial", cut.days(), policy, currency, u.c.tag)
    for n, code, tag, count, _ in connection.execute(query):
        found[int(n), code][tag] += int(count)
    for n, rest in cut.rests():
        for row in churn.trials(connection, policy, [rest], currency):
            found[n, row["currency"] or ""]["ended"] += int(row["ended"])
            found[n, row["currency"] or ""]["active"] += int(row["active"])
    return [
        {"n": n, "currency": code or None, "ended": held["ended"], "active": held["active"]}
        for (n, code), held in sorted(found.items())
        if held["ended"]
    ]


def trials_started(
    connection: Connection, cut: Cut, policy: str, currency: str | None
) -> dict[int, int]:
    """`outlook.trials_started`."""
    query = _summed("trial", cut.days(), policy, currency, u.c.tag)
    found: Counter[int] = Counter()
    for n, _, tag, count, _ in connection.execute(query):
        if tag == "started":
            found[int(n)] += int(count)
    for n, rest in cut.rests():
        found[n] += outlook.trials_started(connection, [rest], currency or "").get(0, 0)
    return {n: count for n, count in found.items() if count}


def upgrades(connection: Connection, cut: Cut, judged: Judged, currency: str) -> list[Row]:
    """`upgrade_feed.by_span`."""
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    keys = (u.c.tag, u.c.plan, u.c.interval, u.c.to_plan, u.c.to_interval)
    query = _summed("upgrade", cut.days(), judged.policy, currency, *keys)
    for n, _, kind, *step, count, minor in connection.execute(query):
        if kind == "new" or _is_up(judged.catalog, *(part or None for part in step)):
            _plus(found[int(n), kind], count, minor)
    moved = _moved(cut.days(), judged.policy, currency)
    for n, _, kind, count, minor in connection.execute(moved):
        if kind in ("expansion", "reactivation"):
            _plus(found[int(n), kind], count, minor)
    for n, rest in cut.rests():
        for row in upgrade_feed.by_span(connection, judged, [rest], currency):
            _plus(found[n, row["kind"]], row["count"], row["minor"])  # type: ignore[call-overload]
    return [
        {"n": n, "kind": kind, "count": count, "minor": minor}
        for (n, kind), (count, minor) in sorted(found.items())
        if count
    ]


def _is_up(
    catalog: Catalog,
    plan: str | None,
    interval: str | None,
    to_plan: str | None,
    to_interval: str | None,
) -> bool:
    ranks = (-1 if slug is None else catalog.plan(slug).rank for slug in (plan, to_plan))
    rank, to_rank = ranks
    return steps_up(rank, interval, to_rank, to_interval)


def _plus(held: list[int], count: Any, minor: Any) -> None:
    held[0] += int(count)
    held[1] += int(minor)


def _turned(
    connection: Connection,
    cut: Cut,
    kind: str,
    policy: str,
    currency: str | None,
    keys: tuple[Any, ...],
) -> Iterator[tuple[int, Turn, Added]]:
    names = [key.name for key in keys]
    rows = connection.execute(_summed(kind, cut.days(), policy, currency, *keys))
    for n, code, *cells, count, minor in rows:
        turn = Turn(kind, "", policy, code, **dict(zip(names, cells, strict=True)))
        yield int(n), turn, Added(int(count), int(minor))
    for n, rest in cut.rests():
        for turn, added in cut.turned(rest, currency).items():
            if turn.kind == kind:
                yield n, turn, added


def stories_of(
    connection: Connection, policy: str, rest: Span, currency: str | None
) -> list[Story]:
    """How those came and left until the end of ``rest`` who did so in it."""
    own = (m.c.policy == policy, m.c.kind.in_(_COMING), m.c.occurred_at < rest.ends)
    who = _only(
        select(m.c.customer_id).where(*own, m.c.occurred_at >= rest.starts), m.c.currency, currency
    )
    query = _only(select(m).where(*own, m.c.customer_id.in_(who)), m.c.currency, currency)
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


def _moved(days: CTE, policy: str, currency: str | None) -> Select[Any]:
    """``n, currency, kind, count, minor`` of movements."""
    query = (
        select(days.c.n, r.c.currency, r.c.tag, func.sum(r.c.customers), func.sum(r.c.minor))
        .select_from(days.join(r, and_(r.c.bucket >= days.c.first, r.c.bucket < days.c.ends)))
        .where(r.c.kind == "movement", r.c.policy == policy)
        .group_by(days.c.n, r.c.currency, r.c.tag)
    )
    return _only(query, r.c.currency, currency)


def _summed(
    kind: str, days: CTE, policy: str, currency: str | None, *keys: ColumnElement[str]
) -> Select[Any]:
    """``n, currency, *keys, count, minor`` of one kind."""
    query = (
        select(days.c.n, u.c.currency, *keys, func.sum(u.c.count), func.sum(u.c.minor))
        .select_from(days.join(u, and_(u.c.day >= days.c.first, u.c.day < days.c.ends)))
        .where(u.c.kind == kind, u.c.policy == policy)
        .group_by(days.c.n, u.c.currency, *keys)
    )
    return _only(query, u.c.currency, currency)


def _only(query: Select[Any], held: ColumnElement[str], currency: str | None) -> Select[Any]:
    return query if currency is None else query.where(held == currency)
