"""Open automatic invoices with a failed attempt, whose subscription is live or which have none.

A subscription that was never seen counts as live: nothing says that it has ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    union,
    union_all,
)

from ...domain.filters import Filters
from ..tables import customers as c
from ..tables import invoices as i
from ..tables import subscriptions as s
from .columns import among, bounded, by_bytes, first_found, in_turn, one_of_intervals
from .late import Late
from .most_urgent import least_worth, urgency
from .named import Named, condition, joins_customers
from .paging import Only, Order, Page, by, by_customer, counted, ids, looked_up

_OWN = and_(s.c.subscription_id == i.c.subscription_id, s.c.customer_id == i.c.customer_id)
_OF_THESE = i.outerjoin(s, _OWN)
_DUE: ColumnElement[bool] = literal_column("subscriptions.status IN ('past_due', 'unpaid')")
_OVERDUE = i.join(s, and_(_OWN, _DUE))
# Fewer subscriptions are due than invoices ever failed, and SQLite cannot know it.
_DUE_FIRST = in_turn(s, i, and_(_OWN, _DUE))
_JOINED = _OF_THESE.outerjoin(c, c.c.customer_id == i.c.customer_id)
_LISTED = and_(
    i.c.failing,
    # Compared as it stands, PostgreSQL takes it for rare, and walks the amounts for every filter.
    i.c.amount_remaining_minor + 0 > 0,
    or_(s.c.subscription_id.is_(None), s.c.live),
)
_COLUMNS = (
    i.c.customer_id,
    c.c.org_id,
    c.c.email,
    c.c.name,
    i.c.subscription_id,
    i.c.invoice_id,
    i.c.number,
    s.c.plan,
    s.c.status,
    i.c.amount_remaining_minor,
    i.c.currency,
    i.c.attempt_count,
    i.c.next_attempt_at,
    i.c.decline_code,
    i.c.failure_code,
    i.c.failed_at,
    s.c.past_due_since,
    s.c.ends_at,
    s.c.winding_down,
    s.c.mrr_minor,
    i.c.hosted_invoice_url,
    i.c.event_id,
)
_DECLINE = func.coalesce(i.c.decline_code, i.c.failure_code, "unknown")


_IDS = (i.c.customer_id, i.c.subscription_id, i.c.invoice_id)
_TOLD = (c.c.email, c.c.name, c.c.org_id, i.c.number)


def _from(*columns: Any, source: Any = _JOINED) -> Select[Any]:
    return select(*columns).select_from(source).where(_LISTED)


def _source(
    filters: Filters, found: Named | None, *, overdue: bool = False, ordered: bool = True
) -> Any:
    """``ordered``: an index of the invoices has the order."""
    listed = _OVERDUE if overdue else _OF_THESE
    # Of whom a text names SQLite would look each up again for every subscription.
    if overdue and not filters.text and not (ordered and filters.narrows_nothing):
        listed = _DUE_FIRST
    if joins_customers(found, filters.text):
        return listed.outerjoin(c, c.c.customer_id == i.c.customer_id)
    return listed


def _narrowed(query: Select[Any], filters: Filters, found: Named | None = None) -> Select[Any]:
    if filters.text and _late(filters, found) is None:
        query = query.where(condition(found, filters.text, _IDS, _TOLD))
    query = among(
        query,
        (first_found(s.c.plan), filters.plans),
        (first_found(i.c.currency), filters.currencies),
        (s.c.status, filters.statuses),
    )
    if filters.intervals:
        query = query.where(one_of_intervals(s.c.interval, s.c.interval_count, filters.intervals))
    if filters.reasons:
        query = query.where(_DECLINE.in_(filters.reasons))
    return bounded(query, i.c.failed_at, filters.starts, filters.ends)


def _late(filters: Filters, found: Named | None) -> Late | None:
    """The queue is short beside the invoices that ever failed, and its own order has no index."""
    return None if found is None or found.every else Late(filters.text, _IDS, _TOLD)


def _each(filters: Filters, found: Named | None, *columns: Any, overdue: bool) -> Any:
    """``columns`` of as much of the filtered queue as is added up."""
    query = _from(*columns, source=_source(filters, found, overdue=overdue))
    narrowed = _narrowed(query, filters, found)
    late = _late(filters, found)
    if late is None:
        return counted(narrowed, filters, i.c.failed_at, Only(found, i)).c
    return late.of(narrowed).limit(Only(found).counted + 1).subquery().c


def _days_left(now: int, grace_seconds: int) -> ColumnElement[int]:
    """Whole days until access ends: by grace, or sooner by a scheduled end. Never below zero."""
    grace_ends = func.coalesce(s.c.past_due_since, i.c.failed_at, literal(now)) + grace_seconds
    deadline = case(
        (and_(s.c.winding_down, s.c.ends_at < grace_ends), s.c.ends_at), else_=grace_ends
    )
    return case((deadline <= now, 0), else_=(deadline - now) // 86_400)


def every_row(connection: Connection, filters: Filters) -> Iterator[RowMapping]:
    """The whole filtered queue for a report, by first failure and then id, read in portions."""
    query = _narrowed(_from(*_COLUMNS), filters).order_by(
        i.c.failed_at.asc().nulls_last(), by_bytes(i.c.invoice_id)
    )
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def _order(filters: Filters, urgent: ColumnElement[Any], listed: Any) -> Order:
    down = filters.descending
    match filters.sort:
        case "customer":
            return by_customer(listed, i.c.customer_id, descending=down)
        case "failed_at":
            return by(i.c.failed_at, descending=down)
        case "amount":
            return by(i.c.amount_remaining_minor, descending=down, maybe=False)
        case "mrr_minor":
            return by(s.c.mrr_minor, descending=down)
        case "next_attempt_at":
            return by(i.c.next_attempt_at, descending=down)
        case "attempts":
            return by(i.c.attempt_count, descending=down, maybe=False)
        case "urgency":
            return by(urgent, descending=down, maybe=False)
    return by(urgent, descending=True, maybe=False)


def _dearest(
    connection: Connection, query: Select[Any], filters: Filters, urgent: ColumnElement[Any]
) -> Select[Any]:
    """``query`` without whoever is not worth enough to be on this page of the most urgent."""
    limit, passed = filters.page
    if filters.text or filters.after or not limit:
        return query
    queue = _narrowed(_from(i.c.invoice_id, source=in_turn(s, i, _OWN)), filters)
    due = among(select(s.c.subscription_id).where(_DUE, s.c.live), (s.c.plan, filters.plans))
    least = least_worth(connection, queue, urgent, due, filters.currencies, limit + passed)
    return query if least is None else query.where(s.c.value_minor >= least)


def page(
    connection: Connection,
    filters: Filters,
    now: int,
    grace_seconds: int,
    found: Named | None = None,
    *,
    overdue: bool = False,
) -> Page:
    """One page of the queue with ``days_left``; by itself the most MRR with the fewest days first.

    The ranking weighs amounts of different currencies as they stand; nothing adds them up.
    ``found``: see `named.find`. ``overdue``: every subscription of the queue is past due or unpaid,
    as `kept_lists.failing_overdue` tells, so that no other one has to be looked at.
    """
    days_left = _days_left(now, grace_seconds)
    worth = func.coalesce(s.c.value_minor, i.c.amount_remaining_minor)
    listed = _OVERDUE if overdue else _OF_THESE
    urgent = urgency(worth, days_left)
    order = _order(filters, urgent, listed)
    ordered = getattr(order[0].key, "table", None) is i
    source = _source(filters, found, overdue=overdue, ordered=ordered)
    query = _narrowed(_from(i.c.invoice_id, source=source), filters, found)
    if overdue and order[0].key is urgent and order[0].descending:
        query = _dearest(connection, query, filters, urgent)
    late = _late(filters, found)
    tie = by_bytes(i.c.invoice_id)
    shown = ids(connection, query, tie, order, filters, Only(found, i), late)
    rows = _from(*_COLUMNS, days_left.label("days_left"))
    return looked_up(connection, rows, i.c.invoice_id, shown)


def by_decline(
    connection: Connection, filters: Filters, found: Named | None = None, *, overdue: bool = False
) -> list[RowMapping]:
    """``key`` (decline code), currency, count and remaining amount of the filtered queue; see
    `paging.too_many`, and :func:`page`."""
    columns = (_DECLINE.label("key"), i.c.currency, i.c.amount_remaining_minor)
    each = _each(filters, found, *columns, overdue=overdue)
    added = select(
        each.key,
        each.currency,
        func.count().label("count"),
        func.sum(each.amount_remaining_minor).label("amount_minor"),
    ).group_by(each.key, each.currency)
    return list(connection.execute(added).mappings())


def sums(codes: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """``currency, count, amount_minor`` of what :func:`by_decline` gave."""
    found: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for row in codes:
        held = found[row["currency"]]
        held[0] += int(row["count"])
        held[1] += int(row["amount_minor"])
    return [
        {"currency": currency, "count": count, "amount_minor": minor}
        for currency, (count, minor) in found.items()
    ]


def choices(connection: Connection) -> list[RowMapping]:
    """Every combination of what the queue can be filtered by."""
    query = _from(
        s.c.plan,
        i.c.currency,
        s.c.status,
        s.c.interval,
        s.c.interval_count,
        _DECLINE.label("reason"),
    ).distinct()
    return list(connection.execute(query).mappings())


def at_risk_totals(connection: Connection, *, overdue: bool = False) -> list[RowMapping]:
    """``currency, count, amount_minor``: what of MRR is past due or has a failing invoice.

    ``overdue``: whoever has one is past due or unpaid, so that nobody else is looked at.
    """
    due = s.c.mrr_minor > 0, s.c.status == literal_column("'past_due'")
    failing = select(i.c.subscription_id).where(i.c.failing, i.c.subscription_id.is_not(None))
    if overdue:
        # The index that has the few who are due is the one that is left to SQLite.
        unpaid = (
            first_found(s.c.mrr_minor) > literal_column("0"),
            _DUE,
            s.c.status == literal_column("'unpaid'"),
            first_found(s.c.subscription_id).in_(failing),
        )
        parts = [_at_risk(*due), _at_risk(*unpaid)]
    else:
        either = union(select(s.c.subscription_id).where(due[1]), failing)
        parts = [_at_risk(s.c.mrr_minor > 0, s.c.subscription_id.in_(either))]
    each = union_all(*parts).subquery().c
    query = select(
        each.currency,
        func.sum(each.count).label("count"),
        func.sum(each.amount_minor).label("amount_minor"),
    ).group_by(each.currency)
    return list(connection.execute(query).mappings())


def _at_risk(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            s.c.currency,
            func.count().label("count"),
            func.sum(s.c.mrr_minor).label("amount_minor"),
        )
        .where(s.c.live, *conditions)
        .group_by(s.c.currency)
    )
