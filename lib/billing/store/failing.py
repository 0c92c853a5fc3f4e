"""Failing invoices whose reason is not known yet."""

from __future__ import annotations

from sqlalchemy import Connection, select

from .tables import invoices


def without_code(connection: Connection) -> list[tuple[str, int]]:
    """(invoice id, attempt count) of failing invoices without a decline or error code."""
    table = invoices.c
    found = connection.execute(
        select(table.invoice_id, table.attempt_count)
        .where(table.failing, table.decline_code.is_(None), table.failure_code.is_(None))
        .order_by(table.failed_at.desc(), table.invoice_id)
    )
    return [(row.invoice_id, row.attempt_count) for row in found]
