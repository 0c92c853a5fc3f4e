"""What leaves MRR and when: scheduled ends and scheduled downgrades."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, func, select

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
