"""What counts in MRR, by plan and billing interval."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from ...domain.filters import Filters
from ..tables import customers as c
from ..tables import subscriptions as s
from .columns import among, any_contains, by_bytes, one_of_intervals, one_of_plans

_COUNTED = (s.c.mrr_minor > 0,)
_UNVALUED = (s.c.mrr_minor.is_(None),)
_KEYS = (s.c.plan, s.c.interval, s.c.interval_count, s.c.currency)


def _narrowed(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.text:
        fields = (c.c.email, c.c.name, c.c.org_id, s.c.customer_id, s.c.subscription_id)
        query = query.select_from(s.outerjoin(c, c.c.customer_id == s.c.customer_id)).where(
            any_contains(fields, filters.text)
        )
    if filters.plans:
        query = query.where(one_of_plans(s.c.plan, filters.plans))
    query = among(query, (s.c.currency, filters.currencies), (s.c.status, filters.statuses))
    if filters.intervals:
        query = query.where(one_of_intervals(s.c.interval, s.c.interval_count, filters.intervals))
    return query


def cells(connection: Connection, filters: Filters) -> list[RowMapping]:
    """``plan, interval, interval_count, currency, subscriptions, customers, mrr_minor``.

    Ordered by those keys; an unknown plan is last.
    """
    return _cells(connection, filters, *_COUNTED)


def unvalued_cells(connection: Connection, filters: Filters) -> list[RowMapping]:
    """The same of live subscriptions whose MRR cannot be computed; ``mrr_minor`` is None."""
    return _cells(connection, filters, *_UNVALUED)


def _cells(
    connection: Connection, filters: Filters, *conditions: ColumnElement[bool]
) -> list[RowMapping]:
    query = (
        _narrowed(
            select(
                *_KEYS,
                func.count().label("subscriptions"),
                func.count(s.c.customer_id.distinct()).label("customers"),
                func.sum(s.c.mrr_minor).label("mrr_minor"),
            ).where(*conditions),
            filters,
        )
        .group_by(*_KEYS)
        .order_by(
            by_bytes(s.c.plan).asc().nulls_last(),
            by_bytes(s.c.interval).asc().nulls_last(),
            s.c.interval_count.asc().nulls_last(),
            by_bytes(s.c.currency).asc().nulls_last(),
        )
    )
    return list(connection.execute(query).mappings())


def currency_totals(connection: Connection, currency: str | None = None) -> list[RowMapping]:
    """``currency, subscriptions, customers, mrr_minor``; a customer counts once a currency."""
    query = (
        select(
            s.c.currency,
            func.count().label("subscriptions"),
            func.count(s.c.customer_id.distinct()).label("customers"),
            func.sum(s.c.mrr_minor).label("mrr_minor"),
        )
        .where(*_COUNTED)
        .group_by(s.c.currency)
        .order_by(by_bytes(s.c.currency))
    )
    if currency is not None:
        query = query.where(s.c.currency == currency)
    return list(connection.execute(query).mappings())


def choices(connection: Connection) -> list[RowMapping]:
    """Every combination of what the mix can be filtered by."""
    query = select(*_KEYS, s.c.status).where(*_COUNTED).distinct()
    return list(connection.execute(query).mappings())


def uncounted(connection: Connection) -> dict[str | None, int]:
    """Live subscriptions whose MRR cannot be computed, by currency."""
    query = (
        select(s.c.currency, func.count().label("count")).where(*_UNVALUED).group_by(s.c.currency)
    )
    rows = connection.execute(query).mappings()
    return {row["currency"]: int(row["count"]) for row in rows}
