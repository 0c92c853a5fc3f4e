"""One row a customer: what it may use. Rows hold no clock; `domain.access.judge` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from ...domain.plans import Plan
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


def default_given(connection: Connection) -> Plan | None:
    """The default plan as the rows were folded with it; None while everybody has another."""
    query = select(e).where(~e.c.granting).order_by(by_bytes(e.c.customer_id)).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    found = value_of(EntitlementRow, row)
    return Plan(found.plan, found.plan, features=tuple(found.features), limits=found.limits)
