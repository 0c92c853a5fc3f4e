"""What leaves MRR and when: scheduled ends and scheduled downgrades."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, RowMapping, case, func, select

from ..tables import runway as r
from .columns import QUARTER_HOUR, bounded, by_bytes


def leaving_mrr(connection: Connection) -> dict[str, int]:
    """By currency, all that leaves: MRR without it is committed MRR."""
    query = select(r.c.currency, func.sum(r.c.minor).label("minor")).group_by(r.c.currency)
    return {row.currency: int(row.minor) for row in connection.execute(query)}


def summed(
    connection: Connection,
    currency: str | None = None,
    starts: int | None = None,
    ends: int | None = None,
) -> list[RowMapping]:
    """``quarter_hour, currency, plan, kind, subscriptions, mrr_minor`` in ``starts <= at < ends``.

    What leaves at an unknown time has no quarter hour, and is within no bounds.
    """
    quarter = (r.c.at // QUARTER_HOUR).label("quarter_hour")
    query = select(
        quarter,
        r.c.currency,
        r.c.plan,
        r.c.kind,
        func.count(r.c.subscription_id.distinct()).label("subscriptions"),
        func.sum(r.c.minor).label("mrr_minor"),
    )
    query = bounded(query, r.c.at, starts, ends).group_by(quarter, r.c.currency, r.c.plan, r.c.kind)
    if currency is not None:
        query = query.where(r.c.currency == currency)
    query = query.order_by(
        quarter.asc().nulls_last(), by_bytes(r.c.currency), by_bytes(r.c.plan), by_bytes(r.c.kind)
    )
    return list(connection.execute(query).mappings())


def outside(connection: Connection, currency: str, starts: int, ends: int) -> RowMapping:
    """``before, after, unknown``: what leaves outside ``starts <= at < ends``, in minor units.

    Only sums: to count each subscription once in its quarter hour, all of them have to be sorted.
    """

    def total(when: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((when, r.c.minor), else_=0)), 0)

    query = select(
        total(r.c.at < starts).label("before"),
        total(r.c.at >= ends).label("after"),
        total(r.c.at.is_(None)).label("unknown"),
    ).where(r.c.currency == currency)
    return connection.execute(query).mappings().one()
