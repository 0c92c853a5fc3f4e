"""Which links were handed out, from the audit. No address is kept there."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, select

from ..tables import audit
from .columns import bounded


def link_rows(
    connection: Connection,
    *,
    customer_id: str | None = None,
    starts: int | None = None,
    ends: int | None = None,
) -> list[RowMapping]:
    """Every audit row about a link, oldest first; several share a ``link_id``."""
    a = audit.c
    query = select(
        a.at,
        a.staff,
        a.action,
        a.customer_id,
        a.link_id,
        a.flow,
        a.reason,
        a.ticket,
        a.subscription_id,
        a.invoice_id,
        a.code,
    ).where(a.link_id.is_not(None))
    if customer_id is not None:
        query = query.where(a.customer_id == customer_id)
    query = bounded(query, a.at, starts, ends).order_by(a.audit_id)
    return list(connection.execute(query).mappings())
