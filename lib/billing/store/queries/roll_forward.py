"""What a roll-forward is made of: balances, movements by business day, what leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, func, literal, select

from ...domain.roll_forward import DaySum
from ...domain.times import DAY, offsets
from ..tables import movements as m
from ..tables import runway
from ..tables import subscriptions as s
from .columns import bounded, by_bytes

EPOCH: Final = date(1970, 1, 1).toordinal()
"""What a day's number since 1970 is short of its ordinal."""


def extent(
    connection: Connection, policy: str, currency: str | None = None
) -> tuple[int, int] | None:
    """The seconds of the first and the last movement; None when there is none."""

    def end(of: Any) -> Any:
        query = select(of(m.c.occurred_at)).where(m.c.policy == policy)
        if currency is not None:
            query = query.where(m.c.currency == currency)
        return query.scalar_subquery()

    # Each by itself: SQLite looks up one end of an index, and reads all of it for two.
    first, last = connection.execute(select(end(func.min), end(func.max))).one()
    return None if first is None else (int(first), int(last))


def balances(
    connection: Connection, policy: str, currency: str | None, before: int
) -> dict[str, int]:
    """MRR by currency when ``before`` began: the sum of all movements earlier than it."""
    query = select(m.c.currency, func.sum(m.c.delta_minor)).where(
        m.c.policy == policy, m.c.occurred_at < before
    )
    if currency is not None:
        query = query.where(m.c.currency == currency)
    rows = connection.execute(query.group_by(m.c.currency))
    return {code: int(minor) for code, minor in rows}


def by_day(
    connection: Connection,
    policy: str,
    timezone: str,
    span: tuple[int, int],
    currency: str | None = None,
) -> Iterator[DaySum]:
    """The movements of ``starts <= occurred_at < ends``, summed by business day, in its order."""
    starts, ends = span
    day = (local_day(m.c.occurred_at, span, timezone)).label("day")
    query = bounded(
        select(m.c.currency, m.c.kind, m.c.reconstructed, m.c.delta_minor, day).where(
            m.c.policy == policy
        ),
        m.c.occurred_at,
        starts,
        ends,
    )
    if currency is not None:
        query = query.where(m.c.currency == currency)
    each = query.subquery()
    keys = (each.c.day, each.c.currency, each.c.kind, each.c.reconstructed)
    rows = connection.execute(
        select(*keys, func.sum(each.c.delta_minor))
        .group_by(*keys)
        .order_by(each.c.day, by_bytes(each.c.currency), by_bytes(each.c.kind))
    )
    for number, code, kind, reconstructed, minor in rows:
        day_of = date.fromordinal(EPOCH + int(number))
        yield DaySum(day_of, code, kind, bool(reconstructed), int(minor))


def local_day(
    second: ColumnElement[Any], span: tuple[int, int], timezone: str
) -> ColumnElement[int]:
    """The number of the business day since 1970 that ``second``, within ``span``, belongs to.

    The databases need no calendar: the clock's changes in the span are all there is to know.
    """
    (_, first), *changes = offsets(*span, timezone)
    ahead: ColumnElement[int] = literal(first)
    if changes:
        before = [first, *(shift for _, shift in changes)]
        ahead = case(
            *((second < at, shift) for (at, _), shift in zip(changes, before, strict=False)),
            else_=before[-1],
        )
    return (second + ahead) // DAY


def leaving_by_time(
    connection: Connection, currency: str | None
) -> list[tuple[int | None, str, int]]:
    """The same step by step: (when, currency, minor units); an unknown time is last."""
    query = select(runway.c.at, runway.c.currency, func.sum(runway.c.minor))
    if currency is not None:
        query = query.where(runway.c.currency == currency)
    query = query.group_by(runway.c.at, runway.c.currency).order_by(
        runway.c.at.asc().nulls_last(), by_bytes(runway.c.currency)
    )
    return [(at, code, int(minor)) for at, code, minor in connection.execute(query)]


def currencies(connection: Connection, policy: str) -> list[str]:
    """Every currency in which there was MRR, the one with most paying customers first."""
    paying = {
        code or "": int(count)
        for code, count in connection.execute(
            select(s.c.currency, func.count(s.c.customer_id.distinct()))
            .where(s.c.live, s.c.mrr_minor > 0)
            .group_by(s.c.currency)
        )
    }
    moved = connection.scalars(select(m.c.currency).where(m.c.policy == policy).distinct())
    return sorted({*paying, *moved} - {""}, key=lambda code: (-paying.get(code, 0), code))


def paying_customers(connection: Connection, currency: str | None) -> int:
    """Customers with MRR above zero; of several currencies each customer counts once."""
    query = select(func.count(s.c.customer_id.distinct())).where(s.c.live, s.c.mrr_minor > 0)
    if currency is not None:
        query = query.where(s.c.currency == currency)
    return int(connection.scalar(query) or 0)
