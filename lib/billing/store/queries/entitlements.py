"""One row a customer: what it may use. Rows hold no clock; `domain.access.judge` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, or_, select

from ...domain.rows import EntitlementRow
from ..tables import plan_entitlements as e
from .columns import by_bytes, value_of


def all_entitlements(connection: Connection) -> Iterator[EntitlementRow]:
    """Every row by customer id, read in portions."""
    query = select(e).order_by(by_bytes(e.c.customer_id))
    rows = connection.execute(query.execution_options(yield_per=2_000))
    for row in rows.mappings():
        yield value_of(EntitlementRow, row)


def entitlements_of(
    connection: Connection, customer_ids: Sequence[str]
) -> dict[str, EntitlementRow]:
    """The rows of some customers, by id."""
    rows = connection.execute(select(e).where(e.c.customer_id.in_(customer_ids))).mappings()
    return {row["customer_id"]: value_of(EntitlementRow, row) for row in rows}


def entitlements_named(connection: Connection, name: str) -> list[EntitlementRow]:
    """The row of the customer ``name``; else those of the organization of that name.

    One statement over two indexes, whatever the size of the table.
    """
    condition = or_(e.c.customer_id == name, e.c.org_id == name)
    found = connection.execute(select(e).where(condition)).mappings()
    rows = [value_of(EntitlementRow, row) for row in found]
    return [row for row in rows if row.customer_id == name] or rows
