"""Who is behind the plan mix: the subscriptions that count in MRR, with their customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, literal_column, select

from ...domain.filters import Filters
from ..tables import customers as c
from ..tables import subscriptions as s
from .columns import among, any_contains, by_bytes, one_of_intervals, one_of_plans, ordered

_JOINED = s.outerjoin(c, c.c.customer_id == s.c.customer_id)
_COLUMNS = (
    s.c.customer_id,
    c.c.org_id,
    c.c.email,
    c.c.name,
    s.c.subscription_id,
    s.c.plan,
    s.c.interval,
    s.c.interval_count,
    s.c.status,
    s.c.winding_down,
    s.c.mrr_minor,
    s.c.currency,
    s.c.start_date,
)
PAYING: Final = s.c.mrr_minor > literal_column("0")  # spelled out: the index is of these alone
_SORTS = {
    "mrr_minor": s.c.mrr_minor,
    "start_date": s.c.start_date,
    "customer": by_bytes(func.lower(func.coalesce(c.c.name, c.c.email, s.c.customer_id))),
}


def _narrowed(filters: Filters, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(_JOINED).where(PAYING)
    if filters.text:
        fields = (c.c.email, c.c.name, c.c.org_id, s.c.customer_id, s.c.subscription_id)
        query = query.where(any_contains(fields, filters.text))
    if filters.plans:
        query = query.where(one_of_plans(s.c.plan, filters.plans))
    query = among(query, (s.c.currency, filters.currencies), (s.c.status, filters.statuses))
    if filters.intervals:
        query = query.where(one_of_intervals(s.c.interval, s.c.interval_count, filters.intervals))
    return query


def every_row(connection: Connection, filters: Filters) -> Iterator[RowMapping]:
    """All of them for a report, by their start and then id, read in portions."""
    query = _narrowed(filters, *_COLUMNS).order_by(
        s.c.start_date.asc().nulls_last(), by_bytes(s.c.subscription_id)
    )
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def page(connection: Connection, filters: Filters) -> list[RowMapping]:
    """One page of them, by itself the largest MRR first."""
    query = ordered(
        _narrowed(filters, *_COLUMNS),
        filters,
        _SORTS,
        (s.c.mrr_minor.desc(),),
        by_bytes(s.c.subscription_id),
    )
    return list(connection.execute(query).mappings())


def sums(connection: Connection, filters: Filters) -> list[RowMapping]:
    """``currency, count, amount_minor`` of the filtered list, before paging."""
    query = _narrowed(
        filters,
        s.c.currency,
        func.count().label("count"),
        func.sum(s.c.mrr_minor).label("amount_minor"),
    ).group_by(s.c.currency)
    return list(connection.execute(query).mappings())
