"""The list of invoices: narrowed, sorted, paged and summed in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
    literal_column,
    or_,
    select,
)

from ...domain.ageing import BUCKETS
from ...domain.filters import Filters
from ...domain.invoice_filters import InvoiceFilters
from ..tables import customers as c
from ..tables import invoices as i
from ..tables import subscriptions as s
from .columns import among, bounded, by_bytes
from .common import PAGED, SUMMED, Wanted, along, common
from .named import Named, condition, joins_customers
from .owed import DUE_SINCE, ENDED, JOINED, OPEN, bucket
from .paging import Only, Order, Page, Stretch, by, by_customer, counted, ids, looked_up

_WHOLE: Final = JOINED.outerjoin(c, c.c.customer_id == i.c.customer_id)
_SEARCHED: Final = (c.c.email, c.c.name, c.c.org_id, i.c.number)
_IDS: Final = (i.c.customer_id, i.c.subscription_id, i.c.invoice_id)
_MARKED: Final[dict[str, ColumnElement[bool]]] = {
    "credited": i.c.credited_minor > literal_column("0"),
    "refunded": i.c.refunded_minor > literal_column("0"),
    "disputed": i.c.dispute_status.is_not(None),
}
_SUMMED: Final = ("total", "tax", "amount_paid")
_GIVEN_BACK: Final = ("credited", "refunded", "disputed")


def _narrowed(
    query: Select[Any],
    filters: Filters,
    now: int,
    found: Named | None = None,
    commons: Collection[Any] = (),
) -> Select[Any]:
    if filters.text:
        query = query.where(condition(found, filters.text, _IDS, _SEARCHED))
    query = among(query, *((along(each, commons), values) for each, values in _wanted(filters)))
    query = _but_for(query, i.c.status, filters.statuses, "paid")
    query = _but_for(query, i.c.billing_reason, filters.reasons, "subscription_cycle")
    if isinstance(filters, InvoiceFilters):
        query = _by_more(query, filters, now)
    return bounded(query, i.c.created_at, filters.starts, filters.ends)


def _wanted(filters: Filters) -> tuple[Wanted, ...]:
    return (s.c.plan, filters.plans), (i.c.currency, filters.currencies)


def _but_for(
    query: Select[Any], column: ColumnElement[Any], wanted: Collection[str], usual: str
) -> Select[Any]:
    """Narrowed to ``wanted``. Where the usual value is not among them, that is said as well: an
    index holds all others, and databases do not conclude it."""
    query = among(query, (column, wanted))
    if not wanted or usual in wanted:
        return query
    return query.where(column != literal_column(f"'{usual}'"))


def _by_more(query: Select[Any], filters: InvoiceFilters, now: int) -> Select[Any]:
    query = _but_for(query, i.c.collection_method, filters.methods, "charge_automatically")
    if filters.buckets:
        query = query.where(OPEN, _aged(filters.buckets, now))
    if filters.marks:
        query = query.where(or_(false(), *(_MARKED[m] for m in filters.marks if m in _MARKED)))
    if filters.ended:
        query = query.where(OPEN, ENDED)
    return query


def _aged(buckets: Collection[str], now: int) -> ColumnElement[bool]:
    """As `owed.bucket` names them, in times that an index knows."""
    ranges: list[ColumnElement[bool]] = [false()]
    least: int | None = None
    for name, most in BUCKETS.items():
        if name in buckets:
            from_then = [] if most is None else [DUE_SINCE >= now - most]
            until_then = [] if least is None else [DUE_SINCE < now - least]
            ranges.append(and_(*from_then, *until_then))
            if least is None:
                ranges.append(DUE_SINCE.is_(None))
        least = most
    return or_(*ranges)


def _source(filters: Filters, found: Named | None = None) -> Any:
    """Only the tables that the filters speak of: a million rows are joined for nothing else."""
    return _WHOLE if joins_customers(found, filters.text) else _listed(filters)


def _listed(filters: Filters) -> Any:
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


def _order(filters: InvoiceFilters, source: Any) -> Order:
    """What is open comes first where the order is by what is left or since when it is due: all
    else, the newest first, has nothing to pay."""
    down = filters.descending
    match filters.sort:
        case "due":
            return _open_first(DUE_SINCE, descending=down)
        case "remaining":
            return _open_first(i.c.amount_remaining_minor, descending=down)
        case "paid_at":
            return by(i.c.paid_at, descending=down)
        case "total":
            return by(i.c.total_minor, descending=down, maybe=False)
        case "number":
            return by(i.c.number, descending=down)
        case "customer":
            return by_customer(source, i.c.customer_id, descending=down)
        case "created_at":
            return by(i.c.created_at, descending=down)
    return by(i.c.created_at, descending=True)


def _open_first(key: ColumnElement[Any], *, descending: bool) -> Order:
    closed = or_(i.c.status.is_(None), ~OPEN, key.is_(None))
    return (
        Stretch(key, and_(OPEN, key.is_not(None)), descending),
        Stretch(i.c.created_at, and_(closed, i.c.created_at.is_not(None)), descending=True),
        Stretch(None, and_(closed, i.c.created_at.is_(None))),
    )


def page(
    connection: Connection, filters: InvoiceFilters, now: int, found: Named | None = None
) -> Page:
    """One page of the list, the newest first by itself; ``bucket`` is None where nothing is open,
    ``ended`` is 1 for an open one of an ended subscription. ``found``: see `named.find`."""
    query = select(i.c.invoice_id).select_from(_source(filters, found))
    # By total there is an index of each currency.
    wanted = _wanted(filters)[: 1 if filters.sort == "total" else None]
    commons = common(connection, wanted, beyond=PAGED)
    query, tie = _narrowed(query, filters, now, found, commons), by_bytes(i.c.invoice_id)
    shown = ids(connection, query, tie, _order(filters, _listed(filters)), filters, Only(found, i))
    return looked_up(connection, _items(now), i.c.invoice_id, shown)


def one(connection: Connection, invoice_id: str, now: int) -> RowMapping | None:
    """The same of one invoice."""
    query = _items(now).where(i.c.invoice_id == invoice_id)
    return connection.execute(query).mappings().one_or_none()


def sums(
    connection: Connection, filters: InvoiceFilters, now: int, found: Named | None = None
) -> list[RowMapping]:
    """``currency, count`` and each amount's sum of the filtered list, before paging;
    ``open_minor`` is what remains to be paid on the open ones. See `paging.too_many`."""
    names = [f"{name}_minor" for name in (*_SUMMED, *_GIVEN_BACK)]
    remains = case((OPEN, i.c.amount_remaining_minor), else_=0).label("open_minor")
    query = select(i.c.currency, *(i.c[name] for name in names), remains)
    query = query.select_from(_source(filters, found))
    # Of open ones alone there is an index by age.
    is_open = isinstance(filters, InvoiceFilters) and (filters.buckets or filters.ended)
    order = DUE_SINCE if is_open else i.c.created_at.desc()
    commons = () if filters.exact else common(connection, _wanted(filters), beyond=SUMMED)
    each = counted(_narrowed(query, filters, now, found, commons), filters, order, Only(found, i)).c
    summed = (func.sum(each[name]).label(name) for name in (*names, "open_minor"))
    added = select(each.currency, func.count().label("count"), *summed)
    added = added.group_by(each.currency).order_by(each.currency)
    return list(connection.execute(added).mappings())


def choices(connection: Connection) -> list[RowMapping]:
    """Every combination of what the list can be filtered by, besides plans."""
    query = select(
        i.c.status, i.c.currency, i.c.collection_method, i.c.billing_reason.label("reason")
    ).distinct()
    return list(connection.execute(query).mappings())
