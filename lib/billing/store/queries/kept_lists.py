"""What lists are counted by and can be narrowed to, read from the sums that the writer keeps.

Only of the projection itself, as `kept_sums`. Each function gives what its namesake in
`winding_down`, `failed_payments` or `price_holders` gives of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from ...domain.filters import Filters
from .. import meta
from ..tables import rollups
from .columns import by_bytes, one_of_intervals

u: Final = rollups.c

Row = Mapping[str, Any]


def ready(connection: Connection) -> bool:
    """Whether everybody's part is in them: after an upgrade only once all are folded anew."""
    return meta.get(connection, meta.LISTS_WAIT) is None


def tells(filters: Filters) -> bool:
    """Whether they can be narrowed as ``filters`` ask."""
    return not filters.text and filters.starts is None and filters.ends is None


def _cells(kind: str, filters: Filters, *columns: Any) -> Select[Any]:
    query = select(*columns).where(u.kind == kind)
    for column, wanted, empty in (
        (u.plan, filters.plans, kind != "failing"),  # "" is kept for none, and few ask for that
        (u.currency, filters.currencies, False),
        (u.policy, filters.statuses, False),
        (u.tag, filters.reasons, True),
    ):
        if wanted:
            query = query.where(column.in_(sorted(wanted if empty else set(wanted) - {""})))
    if filters.intervals:
        times = func.nullif(u.interval_count, 0)
        query = query.where(one_of_intervals(u.interval, times, filters.intervals))
    return query


def winding_sums(connection: Connection, filters: Filters) -> list[Row]:
    """`winding_down.sums`."""
    found: defaultdict[str | None, list[int]] = defaultdict(lambda: [0, 0])
    for kind, sign in (("winding", 1), ("winding_unvalued", -1)):
        query = _cells(kind, filters, u.currency, func.sum(u.subscriptions), func.sum(u.minor))
        query = query.group_by(u.currency)
        for currency, count, minor in connection.execute(query):
            found[currency or None][0] += sign * int(count)
            found[currency or None][1] += int(minor)
            if sign < 0:
                found[None][0] += int(count)
    return _summed(found)


def winding_by_currency(connection: Connection) -> list[Row]:
    """`winding_down.by_currency`."""
    return _by_currency(connection, "winding", Filters())


def winding_weeks(connection: Connection) -> list[Row]:
    """``monday`` (ISO), ``currency, count, amount_minor`` of all with a known end."""
    query = (
        select(u.bucket, u.currency, u.subscriptions, u.minor)
        .where(u.kind == "winding_week", u.bucket != "")
        .order_by(u.bucket, u.currency)
    )
    return [
        {"monday": monday, "currency": currency, "count": int(count), "amount_minor": int(minor)}
        for monday, currency, count, minor in connection.execute(query)
    ]


def winding_reasons(connection: Connection, currency: str) -> dict[str, int]:
    """`outlook.reasons`."""
    count = func.sum(u.subscriptions)
    query = _cells("winding", Filters(currencies=(currency,)), u.tag, count)
    query = query.group_by(u.tag).having(count > 0).order_by(count.desc(), by_bytes(u.tag))
    return {reason: int(held) for reason, held in connection.execute(query)}


def winding_choices(connection: Connection) -> list[Row]:
    """`winding_down.choices`."""
    return _choices(connection, "winding", lambda plan: plan)


def failing_sums(connection: Connection, filters: Filters) -> list[Row]:
    """`failed_payments.sums`."""
    return _by_currency(connection, "failing", filters)


def failing_overdue(connection: Connection) -> bool:
    """Whether every subscription of the queue is past due or unpaid."""
    other = select(u.policy).where(
        u.kind == "failing", u.policy.not_in(("past_due", "unpaid")), u.subscriptions > 0
    )
    return connection.execute(other.limit(1)).first() is None


def failing_by_decline(connection: Connection, filters: Filters) -> list[Row]:
    """`failed_payments.by_decline`."""
    query = _cells(
        "failing",
        filters,
        u.tag,
        u.currency,
        func.sum(u.subscriptions),
        func.sum(u.minor),
    ).group_by(u.tag, u.currency)
    return [
        {"key": tag, "currency": currency or None, "count": int(count), "amount_minor": int(minor)}
        for tag, currency, count, minor in connection.execute(query)
    ]


def failing_choices(connection: Connection) -> list[Row]:
    """`failed_payments.choices`."""
    return _choices(connection, "failing", lambda plan: plan or None)


def prices(connection: Connection) -> list[Row]:
    """`price_holders.counted`."""
    keys = (u.tag, u.currency)
    query = (
        select(
            *keys,
            func.max(u.plan),
            func.max(u.interval),
            func.sum(u.customers),
            func.sum(u.subscriptions),
            func.sum(u.minor),
        )
        .where(u.kind == "price")
        .group_by(*keys)
        .order_by(*map(by_bytes, keys))
    )
    of_unknown = select(*keys, u.subscriptions).where(u.kind == "price_unvalued")
    unvalued = {(tag, code): int(count) for tag, code, count in connection.execute(of_unknown)}
    return [
        {
            "price": tag,
            "currency": currency or None,
            "lookup_key": key or None,
            "product": product or None,
            "customers": int(customers),
            "subscriptions": int(subscriptions),
            "mrr_minor": int(minor),
            "unvalued": unvalued.get((tag, currency), 0),
        }
        for tag, currency, key, product, customers, subscriptions, minor in connection.execute(
            query
        )
    ]


def price_customers(connection: Connection, price_id: str) -> int:
    """`price_holders.customers`."""
    held = select(func.coalesce(func.sum(u.customers), 0)).where(u.tag == price_id)
    inside = connection.execute(held.where(u.kind == "price")).scalar_one()
    again = connection.execute(held.where(u.kind == "price_again")).scalar_one()
    return int(inside) - int(again)


def price_total(connection: Connection, price_id: str) -> int:
    """`price_holders.total`."""
    query = select(func.coalesce(func.sum(u.subscriptions), 0))
    query = query.where(u.kind == "price", u.tag == price_id)
    return int(connection.execute(query).scalar_one())


def _by_currency(connection: Connection, kind: str, filters: Filters) -> list[Row]:
    query = _cells(
        kind,
        filters,
        u.currency,
        func.sum(u.subscriptions),
        func.sum(u.minor),
    ).group_by(u.currency)
    return _summed(
        {
            currency or None: [int(count), int(minor)]
            for currency, count, minor in connection.execute(query)
        }
    )


def _summed(found: Mapping[str | None, list[int]]) -> list[Row]:
    return [
        {"currency": currency, "count": count, "amount_minor": minor}
        for currency, (count, minor) in sorted(found.items(), key=lambda pair: pair[0] or "")
        if count
    ]


def _choices(connection: Connection, kind: str, plan: Any) -> list[Row]:
    query = select(u.plan, u.currency, u.policy, u.interval, u.interval_count, u.tag)
    names: Iterable[Any] = connection.execute(query.where(u.kind == kind))
    return [
        {
            "plan": plan(slug),
            "currency": currency or None,
            "status": status or None,
            "interval": interval or None,
            "interval_count": int(times) or None,
            "reason": tag,
        }
        for slug, currency, status, interval, times, tag in names
    ]
