"""What pages would else add up over every row, read from the sums that the writer keeps.

Only of the projection itself: a scratch store and another policy's movements have no sums. Each
function gives what its namesake among the queries gives of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select

from ...domain.filters import Filters, interval_name
from ...domain.roll_forward import DaySum
from ...domain.times import day_start, local_date
from ..tables import movements as m
from ..tables import rollups
from .columns import by_bytes
from .roll_forward import EPOCH, local_day

u: Final = rollups.c
_MIX: Final = u.kind == "plan_mix"
_MOVED: Final = u.kind == "movement"

Row = Mapping[str, Any]


def tells(filters: Filters) -> bool:
    """Whether the kept sums can be narrowed as ``filters`` ask."""
    return not (filters.text or filters.statuses)


def cells(connection: Connection, filters: Filters) -> list[Row]:
    """`plan_mix.cells`, where :func:`tells`."""
    query = select(
        u.plan, u.interval, u.interval_count, u.currency, u.subscriptions, u.customers, u.minor
    ).where(_MIX)
    if filters.currencies:
        query = query.where(u.currency.in_(filters.currencies))
    found = [_cell(row) for row in connection.execute(query).mappings()]
    return sorted(
        (cell for cell in found if _wanted(cell, filters)),
        key=lambda cell: tuple((part is None, part or "") for part in _key(cell)),
    )


def _cell(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "plan": row["plan"] or None,
        "interval": row["interval"] or None,
        "interval_count": int(row["interval_count"]) or None,
        "currency": row["currency"] or None,
        "subscriptions": int(row["subscriptions"]),
        "customers": int(row["customers"]),
        "mrr_minor": int(row["minor"]),
    }


def _key(cell: Row) -> tuple[Any, ...]:
    return tuple(cell[name] for name in ("plan", "interval", "interval_count", "currency"))


def _wanted(cell: Row, filters: Filters) -> bool:
    if filters.plans and (cell["plan"] or "") not in filters.plans:
        return False
    named = interval_name(cell["interval"], cell["interval_count"])
    return not filters.intervals or named in map(_named_again, filters.intervals)


def _named_again(name: str) -> str | None:
    """``month`` for "1 month" too, as the queries read it."""
    count, _, unit = name.rpartition(" ")
    return interval_name(unit, int(count) if count.isdecimal() else 1)


def subscription_sums(connection: Connection, filters: Filters) -> list[Row]:
    """`plan_customers.sums`, where :func:`tells`."""
    found: dict[str | None, list[int]] = {}
    for cell in cells(connection, filters):
        held = found.setdefault(cell["currency"], [0, 0])
        held[0] += cell["subscriptions"]
        held[1] += cell["mrr_minor"]
    return [
        {"currency": currency, "count": count, "amount_minor": minor}
        for currency, (count, minor) in found.items()
    ]


def currency_totals(connection: Connection, currency: str | None = None) -> list[Row]:
    """`plan_mix.currency_totals`."""
    query = (
        select(u.currency, u.subscriptions, u.customers, u.minor)
        .where(u.kind == "paying")
        .order_by(by_bytes(u.currency))
    )
    if currency is not None:
        query = query.where(u.currency == currency)
    return [
        {
            "currency": row.currency or None,
            "subscriptions": int(row.subscriptions),
            "customers": int(row.customers),
            "mrr_minor": int(row.minor),
        }
        for row in connection.execute(query)
    ]


def balances(
    connection: Connection, policy: str, currency: str | None, before: date
) -> dict[str, int]:
    """`roll_forward.balances`, when a business day begins."""
    query: Select[Any] = select(u.currency, func.sum(u.minor)).where(
        _MOVED, u.policy == policy, u.bucket < before.isoformat()
    )
    query = _of(query, u.currency, currency).group_by(u.currency)
    return {code: int(minor) for code, minor in connection.execute(query)}


def days_of(span: tuple[int, int], timezone: str) -> tuple[date, date] | None:
    """The whole business days of ``starts <= second < ends``, as first and end; what is left of it
    is of the end's day. None when ``starts`` lies within a day."""
    first, end = (local_date(second, timezone) for second in span)
    return (first, end) if day_start(first, timezone) == span[0] else None


def by_day(
    connection: Connection,
    policy: str,
    timezone: str,
    days: tuple[date, date],
    currency: str | None = None,
) -> Iterator[DaySum]:
    """`roll_forward.by_day` of ``first <= day < end``.

    What was inferred has an index of its own; the sums hold it together with what was told.
    """
    first, end = days
    query: Select[Any] = select(u.bucket, u.currency, u.tag, u.customers, u.minor).where(
        _MOVED, u.policy == policy, u.bucket >= first.isoformat(), u.bucket < end.isoformat()
    )
    query = _of(query, u.currency, currency)
    query = query.order_by(u.bucket, by_bytes(u.currency), by_bytes(u.tag))
    inferred = _inferred(connection, policy, timezone, days, currency)
    for bucket, code, kind, count, minor in connection.execute(query):
        day = date.fromisoformat(bucket)
        known, apart = inferred.get((day, code, kind), (0, 0))
        if count > known:
            yield DaySum(day, code, kind, False, int(minor) - apart)
        if known:
            yield DaySum(day, code, kind, True, apart)


def _inferred(
    connection: Connection,
    policy: str,
    timezone: str,
    days: tuple[date, date],
    currency: str | None,
) -> dict[tuple[date, str, str], tuple[int, int]]:
    """(movements, minor units) that were inferred, by day, currency and kind."""
    span = day_start(days[0], timezone), day_start(days[1], timezone)
    if span[0] >= span[1]:
        return {}
    each = _of(
        select(
            m.c.currency,
            m.c.kind,
            m.c.delta_minor,
            local_day(m.c.occurred_at, span, timezone).label("day"),
        ).where(
            m.c.reconstructed,
            m.c.policy == policy,
            m.c.occurred_at >= span[0],
            m.c.occurred_at < span[1],
        ),
        m.c.currency,
        currency,
    ).subquery()
    keys = (each.c.day, each.c.currency, each.c.kind)
    query = select(*keys, func.count(), func.sum(each.c.delta_minor)).group_by(*keys)
    return {
        (date.fromordinal(EPOCH + int(day)), code, kind): (int(count), int(minor))
        for day, code, kind, count, minor in connection.execute(query)
    }


def moved_by_day(connection: Connection, policy: str, since: date, end: date) -> list[Row]:
    """``day, currency, delta_minor`` of ``since <= day < end``."""
    query = (
        select(u.bucket, u.currency, func.sum(u.minor).label("minor"))
        .where(
            _MOVED, u.policy == policy, u.bucket >= since.isoformat(), u.bucket < end.isoformat()
        )
        .group_by(u.bucket, u.currency)
    )
    return [
        {"day": date.fromisoformat(day), "currency": code, "delta_minor": int(minor)}
        for day, code, minor in connection.execute(query)
    ]


def moved_currencies(connection: Connection, policy: str) -> list[str]:
    """`churn.currencies`: in which MRR ever moved, the one with the most movements first."""
    query = (
        select(u.currency)
        .where(_MOVED, u.policy == policy)
        .group_by(u.currency)
        .order_by(func.sum(u.customers).desc(), by_bytes(u.currency))
    )
    return [str(row[0]) for row in connection.execute(query)]


def mrr_currencies(connection: Connection, policy: str) -> list[str]:
    """`roll_forward.currencies`: in which there was MRR, the one with most customers first."""
    paying = {row["currency"] or "": row["customers"] for row in currency_totals(connection)}
    moved = moved_currencies(connection, policy)
    return sorted({*paying, *moved} - {""}, key=lambda code: (-paying.get(code, 0), code))


def choices(connection: Connection) -> Sequence[Row]:
    """What the mix can be filtered by; statuses are not among it."""
    return [{**cell, "status": None} for cell in cells(connection, Filters())]


def _of(query: Select[Any], column: ColumnElement[str], currency: str | None) -> Select[Any]:
    return query if currency is None else query.where(column == currency)
