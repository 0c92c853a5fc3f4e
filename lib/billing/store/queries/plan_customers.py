"""Who is behind the plan mix: the subscriptions that count in MRR, with their customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, literal_column, select

from ...domain.filters import Filters
from ..tables import customers as c
from ..tables import subscriptions as s
from .columns import among, by_bytes, one_of_intervals, one_of_plans
from .named import Named, condition, joins_customers
from .paging import Only, Order, Page, by, by_customer, counted, ids, looked_up

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


_IDS: Final = (s.c.customer_id, s.c.subscription_id)


def _narrowed(
    filters: Filters, *columns: Any, source: Any = _JOINED, found: Named | None = None
) -> Select[Any]:
    query = select(*columns).select_from(source).where(PAYING)
    if filters.text:
        query = query.where(condition(found, filters.text, _IDS, (c.c.email, c.c.name, c.c.org_id)))
    if filters.plans:
        query = query.where(one_of_plans(s.c.plan, filters.plans))
    query = among(query, (s.c.currency, filters.currencies), (s.c.status, filters.statuses))
    if filters.intervals:
        query = query.where(one_of_intervals(s.c.interval, s.c.interval_count, filters.intervals))
    return query


def _source(filters: Filters, found: Named | None) -> Any:
    return _JOINED if joins_customers(found, filters.text) else s


def every_row(connection: Connection, filters: Filters) -> Iterator[RowMapping]:
    """All of them for a report, by their start and then id, read in portions."""
    query = _narrowed(filters, *_COLUMNS).order_by(
        s.c.start_date.asc().nulls_last(), by_bytes(s.c.subscription_id)
    )
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def _order(filters: Filters) -> Order:
    match filters.sort:
        case "customer":
            return by_customer(s, s.c.customer_id, descending=filters.descending)
        case "start_date":
            return by(s.c.start_date, descending=filters.descending)
        case "mrr_minor":
            return by(s.c.mrr_minor, descending=filters.descending, maybe=False)
    return by(s.c.mrr_minor, descending=True, maybe=False)


def page(connection: Connection, filters: Filters, found: Named | None = None) -> Page:
    """One page of them, by itself the largest MRR first. ``found``: see `named.find`."""
    query = _narrowed(filters, s.c.subscription_id, source=_source(filters, found), found=found)
    shown = ids(
        connection, query, by_bytes(s.c.subscription_id), _order(filters), filters, Only(found, s)
    )
    every = select(*_COLUMNS).select_from(_JOINED)
    return looked_up(connection, every, s.c.subscription_id, shown)


def sums(connection: Connection, filters: Filters, found: Named | None = None) -> list[RowMapping]:
    """``currency, count, amount_minor`` of the filtered list, before paging; see
    `paging.too_many`."""
    query = _narrowed(
        filters, s.c.currency, s.c.mrr_minor, source=_source(filters, found), found=found
    )
    each = counted(query, filters, s.c.mrr_minor.desc(), Only(found, s)).c
    added = select(
        each.currency,
        func.count().label("count"),
        func.sum(each.mrr_minor).label("amount_minor"),
    ).group_by(each.currency)
    return list(connection.execute(added).mappings())
