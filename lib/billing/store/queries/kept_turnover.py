"""Churn from the sums that the writer keeps.

Only of the projection itself, where `cut_days.ready`. Each function gives what its namesake in
`churn` or `outlook` gives of the rows, for spans that begin when a business day does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from ...domain.times import day_start
from ...domain.turnover import Added, Turn
from ..tables import movements as m
from ..tables import rollups as r
from ..tables import turnover as u
from . import churn
from .cut_days import Cut, Row, moved_by_span, only, plus, summed_by_span


def flows(connection: Connection, cut: Cut, policy: str, currency: str | None = None) -> list[Row]:
    """`churn.flows`."""
    days = cut.days()
    found: defaultdict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for n, code, kind, count, minor in connection.execute(moved_by_span(days, policy, currency)):
        plus(found[int(n), code, kind], count, minor)
    inferred = summed_by_span("inferred", days, policy, currency, u.c.tag)
    for n, code, kind, count, _ in connection.execute(inferred):
        found[int(n), code, kind][2] += int(count)
    for n, rest in cut.rests():
        for row in churn.flows(connection, policy, [rest], currency):
            held = found[n, row["currency"], row["kind"]]
            plus(held, row["count"], row["delta_minor"])
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
    query = only(
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
    return [dict(row) for row in rows if row["count"]]


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


def _turned(
    connection: Connection,
    cut: Cut,
    kind: str,
    policy: str,
    currency: str | None,
    keys: tuple[Any, ...],
) -> Iterator[tuple[int, Turn, Added]]:
    names = [key.name for key in keys]
    rows = connection.execute(summed_by_span(kind, cut.days(), policy, currency, *keys))
    for n, code, *cells, count, minor in rows:
        turn = Turn(kind, "", policy, code, **dict(zip(names, cells, strict=True)))
        yield int(n), turn, Added(int(count), int(minor))
    for n, rest in cut.rests():
        for turn, added in cut.turned(rest, currency, kind).items():
            if turn.kind == kind:
                yield n, turn, added
