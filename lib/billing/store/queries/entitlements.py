"""One row a customer: what it may use. Rows hold no clock; `domain.access.judge` reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Connection, select

from ...domain.plans import Plan
from ...domain.rows import EntitlementRow
from .. import dialect
from ..spelling import read
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
    found = dialect.fetch(
        connection,
        f"SELECT {dialect.names(e)} FROM plan_entitlements "  # noqa: S608 - names are ours
        f"WHERE {dialect.among(connection, 'customer_id')}",
        dialect.keys(connection, customer_ids),
    )
    return {row.customer_id: row for row in map(_row, found)}


def entitlements_named(
    connection: Connection, names: Collection[str]
) -> dict[str, list[EntitlementRow]]:
    """For each name the row of the customer with that id; else those of the organization.

    One statement over two indexes, whatever the size of the table. Straight to the driver: the
    product asks at each of its requests, and building the statement would cost twice the answer.
    """
    columns = dialect.names(e)
    found = dialect.fetch(
        connection,
        f"SELECT {columns} FROM plan_entitlements "  # noqa: S608 - names are ours
        f"WHERE {dialect.among(connection, 'customer_id')} UNION ALL "
        f"SELECT {columns} FROM plan_entitlements WHERE {dialect.among(connection, 'org_id')}",
        dialect.keys(connection, names),
        dialect.keys(connection, names),
    )
    rows = {row.customer_id: row for row in map(_row, found)}
    by_name: dict[str, list[EntitlementRow]] = {name: [] for name in names}
    for row in rows.values():
        if row.org_id in by_name:
            by_name[row.org_id].append(row)
    return {name: [rows[name]] if name in rows else found for name, found in by_name.items()}


def _row(cells: Sequence[Any]) -> EntitlementRow:
    """Columns are the fields, in the same order; see `tables.derived`."""
    values = list(cells)
    for index in _JSON:
        values[index] = read(values[index])
    for index in _FLAGS:
        values[index] = bool(values[index])  # SQLite has no booleans
    return EntitlementRow(*values)


_NAMES: Final = [field.name for field in fields(EntitlementRow)]
_JSON: Final = [_NAMES.index(name) for name in ("features", "limits", "grants")]
_FLAGS: Final = [_NAMES.index(name) for name in ("granting", "cancel_at_period_end")]


def default_given(connection: Connection) -> Plan | None:
    """The default plan as the rows were folded with it; None while everybody has another."""
    query = select(e).where(~e.c.granting).order_by(by_bytes(e.c.customer_id)).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    found = value_of(EntitlementRow, row)
    return Plan(found.plan, found.plan, features=tuple(found.features), limits=found.limits)
