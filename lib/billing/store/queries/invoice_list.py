"""The list of invoices: narrowed, sorted, paged and summed in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
)

from ...domain.filters import Filters
from ...domain.invoice_filters import InvoiceFilters
from ..tables import customers as c
from ..tables import invoices as i
from ..tables import subscriptions as s
from .columns import among, any_contains, bounded, by_bytes, ordered
from .owed import DUE_SINCE, ENDED, JOINED, OPEN, bucket

_WHOLE: Final = JOINED.outerjoin(c, c.c.customer_id == i.c.customer_id)
_SEARCHED: Final = (
    c.c.email,
    c.c.name,
    c.c.org_id,
    i.c.customer_id,
    i.c.subscription_id,
    i.c.invoice_id,
    i.c.number,
)
_MARKED: Final[dict[str, ColumnElement[bool]]] = {
    "credited": i.c.credited_minor > 0,
    "refunded": i.c.refunded_minor > 0,
    "disputed": i.c.dispute_status.is_not(None),
}
_SUMMED: Final = ("total", "tax", "amount_paid")
_GIVEN_BACK: Final = ("credited", "refunded", "disputed")


def _narrowed(query: Select[Any], filters: Filters, now: int) -> Select[Any]:
    if filters.text:
        query = query.where(any_contains(_SEARCHED, filters.text))
    query = among(
        query,
        (s.c.plan, filters.plans),
        (i.c.currency, filters.currencies),
        (i.c.status, filters.statuses),
        (i.c.billing_reason, filters.reasons),
    )
    if isinstance(filters, InvoiceFilters):
        query = _by_more(query, filters, now)
    return bounded(query, i.c.created_at, filters.starts, filters.ends)


def _by_more(query: Select[Any], filters: InvoiceFilters, now: int) -> Select[Any]:
    if filters.methods:
        query = query.where(i.c.collection_method.in_(filters.methods))
    if filters.buckets:
        query = query.where(OPEN, bucket(now).in_(filters.buckets))
    if filters.marks:
        query = query.where(or_(false(), *(_MARKED[m] for m in filters.marks if m in _MARKED)))
    if filters.ended:
        query = query.where(OPEN, ENDED)
    return query


def _source(filters: Filters) -> Any:
    """Only the tables that the filters speak of: a million rows are joined for nothing else."""
    if filters.text:
        return _WHOLE
    ended = isinstance(filters, InvoiceFilters) and filters.ended
    return JOINED if filters.plans or ended else i


def every_row(connection: Connection, filters: Filters, now: int) -> Iterator[RowMapping]:
    """The whole filtered list for a report, by creation and then id."""
    query = _narrowed(select(i).select_from(_source(filters)), filters, now)
    query = query.order_by(i.c.created_at.asc().nulls_last(), by_bytes(i.c.invoice_id))
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def _items(now: int) -> Select[Any]:
    return select(
        i,
        c.c.name,
        c.c.email,
        c.c.org_id,
        s.c.plan,
        DUE_SINCE.label("due_since"),
        case((OPEN, bucket(now))).label("bucket"),
        case((and_(OPEN, ENDED), 1), else_=0).label("ended"),
    ).select_from(_WHOLE)


def page(connection: Connection, filters: InvoiceFilters, now: int) -> list[RowMapping]:
    """One page of the list, the newest first by itself; ``bucket`` is None where nothing is open,
    ``ended`` is 1 for an open one of an ended subscription."""
    query = _narrowed(_items(now), filters, now)
    if filters.sort in ("", "created_at") and (filters.descending or not filters.sort):
        return _newest(connection, query, filters)
    query = ordered(
        query,
        filters,
        {
            "created_at": i.c.created_at,
            "due": DUE_SINCE,
            "paid_at": i.c.paid_at,
            "total": i.c.total_minor,
            "remaining": i.c.amount_remaining_minor,
            "number": i.c.number,
            "customer": func.lower(func.coalesce(c.c.name, c.c.email, i.c.customer_id)),
        },
        (i.c.created_at.desc().nulls_last(),),
        by_bytes(i.c.invoice_id),
    )
    return list(connection.execute(query).mappings())


def _newest(
    connection: Connection, query: Select[Any], filters: InvoiceFilters
) -> list[RowMapping]:
    """Asking for unknown times last would keep PostgreSQL from its index: they are asked for by
    themselves, where there are any."""
    tie = by_bytes(i.c.invoice_id)
    timed = query.where(i.c.created_at.is_not(None))
    limit, offset = filters.page
    page = timed.order_by(i.c.created_at.desc(), tie).limit(limit).offset(offset)
    rows = list(connection.execute(page).mappings())
    if len(rows) == limit or not _any_untimed(connection):
        return rows
    before = connection.scalar(select(func.count()).select_from(timed.subquery())) or 0
    rest = query.where(i.c.created_at.is_(None)).order_by(tie)
    rest = rest.limit(limit - len(rows)).offset(max(offset - before, 0))
    return [*rows, *connection.execute(rest).mappings()]


def _any_untimed(connection: Connection) -> bool:
    query = select(i.c.invoice_id).where(i.c.created_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def one(connection: Connection, invoice_id: str, now: int) -> RowMapping | None:
    """The same of one invoice."""
    query = _items(now).where(i.c.invoice_id == invoice_id)
    return connection.execute(query).mappings().one_or_none()


def sums(connection: Connection, filters: InvoiceFilters, now: int) -> list[RowMapping]:
    """``currency, count`` and each amount's sum of the filtered list, before paging;
    ``open_minor`` is what remains to be paid on the open ones."""
    names = [f"{name}_minor" for name in (*_SUMMED, *_GIVEN_BACK)]
    query = select(
        i.c.currency,
        func.count().label("count"),
        *(func.sum(i.c[name]).label(name) for name in names),
        func.sum(case((OPEN, i.c.amount_remaining_minor), else_=0)).label("open_minor"),
    ).select_from(_source(filters))
    query = _narrowed(query, filters, now).group_by(i.c.currency).order_by(i.c.currency)
    return list(connection.execute(query).mappings())


def choices(connection: Connection) -> list[RowMapping]:
    """Every combination of what the list can be filtered by, besides plans."""
    query = select(
        i.c.status, i.c.currency, i.c.collection_method, i.c.billing_reason.label("reason")
    ).distinct()
    return list(connection.execute(query).mappings())
