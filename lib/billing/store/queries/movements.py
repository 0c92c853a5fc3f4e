"""Movements of MRR: one by one, and summed for a roll-forward."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, func, select

from ..tables import movements as m
from .columns import QUARTER_HOUR, bounded, by_bytes


def all_movements(
    connection: Connection,
    policy: str,
    currency: str | None,
    starts: int | None,
    ends: int | None,
) -> Iterator[RowMapping]:
    """Every movement in ``starts <= occurred_at < ends``, by time, customer and currency."""
    query = bounded(select(m).where(m.c.policy == policy), m.c.occurred_at, starts, ends)
    if currency is not None:
        query = query.where(m.c.currency == currency)
    query = query.order_by(
        m.c.occurred_at,
        by_bytes(m.c.customer_id),
        by_bytes(m.c.currency),
        by_bytes(m.c.movement_id),
    )
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def summed(
    connection: Connection,
    policy: str,
    currency: str | None = None,
    starts: int | None = None,
    ends: int | None = None,
) -> list[RowMapping]:
    """``quarter_hour, currency, kind, count, delta_minor`` in ``starts <= occurred_at < ends``."""
    quarter = (m.c.occurred_at // QUARTER_HOUR).label("quarter_hour")
    query = (
        bounded(
            select(
                quarter,
                m.c.currency,
                m.c.kind,
                func.count().label("count"),
                func.sum(m.c.delta_minor).label("delta_minor"),
            ).where(m.c.policy == policy),
            m.c.occurred_at,
            starts,
            ends,
        )
        .group_by(quarter, m.c.currency, m.c.kind)
        .order_by(quarter, by_bytes(m.c.currency), by_bytes(m.c.kind))
    )
    if currency is not None:
        query = query.where(m.c.currency == currency)
    return list(connection.execute(query).mappings())
