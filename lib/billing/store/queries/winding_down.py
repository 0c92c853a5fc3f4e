"""Live subscriptions whose end is scheduled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, case, func, select

from ...domain.filters import Filters
from ..tables import customers as c
from ..tables import subscriptions as s
from .columns import (
    QUARTER_HOUR,
    among,
    bounded,
    by_bytes,
    first_found,
    one_of_intervals,
    one_of_plans,
)
from .named import Named, condition, joins_customers
from .paging import Only, Order, Page, by, by_customer, counted, ids, looked_up

_REASON = func.coalesce(s.c.feedback, s.c.reason)
_LISTED = and_(s.c.winding_down, s.c.live)
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
    s.c.value_minor.label("mrr_minor"),
    s.c.currency,
    s.c.ends_at,
    s.c.requested_at,
    s.c.reason,
    s.c.feedback,
    s.c.comment,
    s.c.event_id,
)
_JOINED = s.outerjoin(c, c.c.customer_id == s.c.customer_id)


_IDS = (s.c.customer_id, s.c.subscription_id)


def _from(*columns: Any, source: Any = _JOINED) -> Select[Any]:
    return select(*columns).select_from(source).where(_LISTED)


def _source(filters: Filters, found: Named | None) -> Any:
    return _JOINED if joins_customers(found, filters.text) else s


def _narrowed(query: Select[Any], filters: Filters, found: Named | None = None) -> Select[Any]:
    if filters.text:
        query = query.where(condition(found, filters.text, _IDS, (c.c.email, c.c.name, c.c.org_id)))
    query = among(
        query,
        (first_found(s.c.currency), filters.currencies),
        (s.c.status, filters.statuses),
        (func.coalesce(_REASON, "unknown"), filters.reasons),
    )
    if filters.plans:
        query = query.where(one_of_plans(first_found(s.c.plan), filters.plans))
    if filters.intervals:
        query = query.where(one_of_intervals(s.c.interval, s.c.interval_count, filters.intervals))
    return bounded(query, s.c.ends_at, filters.starts, filters.ends)


def every_row(connection: Connection, filters: Filters) -> Iterator[RowMapping]:
    """The whole filtered list for a report, by end and then id; an unknown end is last.

    Read in portions.
    """
    query = _narrowed(_from(*_COLUMNS), filters).order_by(
        s.c.ends_at.asc().nulls_last(), by_bytes(s.c.subscription_id)
    )
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def _order(filters: Filters) -> Order:
    down = filters.descending
    match filters.sort:
        case "customer":
            return by_customer(s, s.c.customer_id, descending=down)
        case "requested_at":
            return by(s.c.requested_at, descending=down)
        case "mrr_minor":
            return by(s.c.value_minor, descending=down)
        case "plan":
            return by(s.c.plan, descending=down)
        case "reason":
            return by(_REASON, descending=down)
        case "ends_at":
            return by(s.c.ends_at, descending=down)
    return by(s.c.ends_at)


def page(connection: Connection, filters: Filters, found: Named | None = None) -> Page:
    """One page of the list. ``found``: see `named.find`."""
    query = _from(s.c.subscription_id, source=_source(filters, found))
    query, tie = _narrowed(query, filters, found), by_bytes(s.c.subscription_id)
    shown = ids(connection, query, tie, _order(filters), filters, Only(found, s))
    return looked_up(connection, _from(*_COLUMNS), s.c.subscription_id, shown)


def sums(connection: Connection, filters: Filters, found: Named | None = None) -> list[RowMapping]:
    """``currency, count, amount_minor`` of the filtered list, before paging. What cannot be valued
    is in no currency's: its own currency is None. See `paging.too_many`."""
    currency = case((s.c.value_minor.is_not(None), s.c.currency)).label("currency")
    query = _from(currency, s.c.value_minor, source=_source(filters, found))
    each = counted(_narrowed(query, filters, found), filters, s.c.ends_at, Only(found, s)).c
    added = select(
        each.currency,
        func.count().label("count"),
        func.sum(each.value_minor).label("amount_minor"),
    ).group_by(each.currency)
    return list(connection.execute(added).mappings())


def by_currency(connection: Connection) -> list[RowMapping]:
    """The same of all of them, where each counts in its own currency, valued or not."""
    query = _from(
        s.c.currency,
        func.count().label("count"),
        func.sum(s.c.value_minor).label("amount_minor"),
    ).group_by(s.c.currency)
    return list(connection.execute(query).mappings())


def ends(connection: Connection, filters: Filters, found: Named | None = None) -> list[RowMapping]:
    """``quarter_hour, currency, count, amount_minor`` of the filtered list by its ends."""
    quarter = (s.c.ends_at // QUARTER_HOUR).label("quarter_hour")
    query = (
        _narrowed(
            _from(
                quarter,
                s.c.currency,
                func.count().label("count"),
                func.sum(s.c.value_minor).label("amount_minor"),
                source=_source(filters, found),
            ),
            filters,
            found,
        )
        .where(s.c.ends_at.is_not(None))
        .group_by(quarter, s.c.currency)
        .order_by(quarter, s.c.currency)
    )
    return list(connection.execute(Only(found, s).of(query)).mappings())


def choices(connection: Connection) -> list[RowMapping]:
    """Every combination of what the list can be filtered by; an unknown plan is called ""."""
    query = _from(
        func.coalesce(s.c.plan, "").label("plan"),
        s.c.currency,
        s.c.status,
        s.c.interval,
        s.c.interval_count,
        func.coalesce(_REASON, "unknown").label("reason"),
    ).distinct()
    return list(connection.execute(query).mappings())
