"""Invoices as they stand."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from ...domain.rows import InvoiceRow
from ..tables import invoices as i
from .columns import by_bytes, value_of


def invoices_of(connection: Connection, customer_id: str, limit: int) -> list[InvoiceRow]:
    """One customer's newest invoices, newest first."""
    query = (
        select(i)
        .where(i.c.customer_id == customer_id)
        .order_by(i.c.created_at.desc().nulls_last(), by_bytes(i.c.invoice_id))
        .limit(limit)
    )
    return [value_of(InvoiceRow, row) for row in connection.execute(query).mappings()]


def open_balances(connection: Connection, customer_id: str) -> dict[str, int]:
    """What one customer's open invoices still ask for, by currency."""
    query = (
        select(i.c.currency, func.sum(i.c.amount_remaining_minor).label("remaining"))
        .where(i.c.customer_id == customer_id, i.c.status == "open", i.c.currency.is_not(None))
        .group_by(i.c.currency)
    )
    return {row.currency: int(row.remaining) for row in connection.execute(query)}
