"""Invoices as they stand."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, func, select

from ...domain.rows import InvoiceRow
from ..tables import invoices as i
from .columns import bounded, by_bytes, value_of


def all_invoices(
    connection: Connection, currency: str | None, starts: int | None, ends: int | None
) -> Iterator[RowMapping]:
    """Every invoice created in ``starts <= created_at < ends``, by creation and then id."""
    query = bounded(select(i), i.c.created_at, starts, ends)
    if currency is not None:
        query = query.where(i.c.currency == currency)
    query = query.order_by(i.c.created_at.asc().nulls_last(), by_bytes(i.c.invoice_id))
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


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
