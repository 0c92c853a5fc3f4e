"""The one writer of the derived tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Table

from ..domain import rows
from ..domain.rollups import Cell, Sums, add_to, minus, of_invoices
from ..domain.rows import ProjectionRows
from ..domain.search import search_rows
from . import dialect
from .spelling import spell
from .tables import (
    customers,
    invoices,
    movements,
    plan_entitlements,
    runway,
    search_terms,
    subscriptions,
)

Cells = tuple[Any, ...]
MovementKey = tuple[str, str]
"""(policy, movement id), as the table's primary key."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How values become rows of one table: cells in column order, lists and objects as text."""

    table: Table
    parts: Callable[[ProjectionRows], Iterable[Any]]
    cells: Callable[[Any], Cells]
    json: tuple[int, ...]
    key: tuple[int, ...]
    owner: int  # the column that holds the customer

    def rows(self, projected: Iterable[ProjectionRows]) -> dict[Cells, Cells]:
        made: dict[Cells, Cells] = {}
        for part in projected:
            for value in self.parts(part):
                cells = self.cells(value)
                if self.json:
                    spelled = list(cells)
                    for index in self.json:
                        spelled[index] = spell(spelled[index])
                    cells = tuple(spelled)
                made[tuple(cells[index] for index in self.key)] = cells
        return made


def _shape(
    table: Table,
    of: type[Any],
    parts: Callable[[ProjectionRows], Iterable[Any]],
) -> _Shape:
    names = [field.name for field in fields(of)]
    kinds = [str(field.type) for field in fields(of)]
    return _Shape(
        table=table,
        parts=parts,
        cells=attrgetter(*names),
        json=tuple(i for i, kind in enumerate(kinds) if kind.startswith(("list", "dict"))),
        key=tuple(names.index(column.name) for column in table.primary_key.columns),
        owner=names.index("customer_id"),
    )


_SHAPES: Final = (
    _shape(customers, rows.CustomerRow, lambda p: (p.customer,)),
    _shape(plan_entitlements, rows.EntitlementRow, lambda p: (p.entitlement,)),
    _shape(subscriptions, rows.SubscriptionRow, lambda p: p.subscriptions),
    _shape(invoices, rows.InvoiceRow, lambda p: p.invoices),
    _shape(runway, rows.RunwayRow, lambda p: p.runway),
    _shape(movements, rows.MovementRow, lambda p: p.movements),
    _shape(search_terms, rows.SearchRow, search_rows),
)

CELLS_OF_A_MOVEMENT: Final[Callable[[rows.MovementRow], Cells]] = attrgetter(
    *(field.name for field in fields(rows.MovementRow))
)


def write(
    connection: Connection,
    projected: Sequence[ProjectionRows],
    *,
    known: Collection[str],
    moved: Collection[MovementKey] = (),
    policy: str | None = None,
    sums: dict[Cell, Sums] | None = None,
) -> bool:
    """Make the tables say what ``projected`` says of its customers.

    ``known`` are the customers of whom every row is given and who may already have some: only what
    differs is touched. Of others what is given is written. ``moved`` are movements that are no more
    unless ``projected`` gives them again. ``policy``: whose movements these are; those of others
    are left alone. ``sums`` is given what invoices add to the kept sums. True when anything was
    written.
    """
    changed = False
    partial = sorted(rows.customer.customer_id for rows in projected if not rows.whole)
    for shape in _SHAPES:
        wanted = shape.rows(projected)
        stored = _stored(connection, shape, known, policy)
        vanished = stored.keys() - wanted.keys()
        if shape.table is movements:
            vanished |= set(moved) - wanted.keys()
        elif shape.table is runway and partial:
            dialect.run(connection, *_of_customers(connection, "DELETE FROM runway", partial))
        differing = [cells for key, cells in sorted(wanted.items()) if stored.get(key) != cells]
        names = [column.name for column in shape.table.primary_key.columns]
        delete = dialect.delete(connection, shape.table, *names)
        dialect.many(connection, delete, sorted(vanished))
        if shape.table is invoices and sums is not None:
            before = stored | _by_key(connection, shape, wanted.keys() - stored.keys(), partial)
            add_to(sums, of_invoices(_invoice(wanted[key]) for key in wanted))
            left = [before[key] for key in before if key in wanted or key in vanished]
            add_to(sums, minus(of_invoices(map(_invoice, left))))
        # What a customer is found by changes rarely, and its index is dear.
        dialect.upsert(connection, shape.table, differing, unless_same=shape.table is search_terms)
        changed = changed or bool(differing or vanished)
    return changed


def _invoice(cells: Cells) -> rows.InvoiceRow:
    return rows.InvoiceRow(*cells)


def _of_customers(
    connection: Connection, statement: str, customers: Iterable[str]
) -> tuple[str, Any]:
    condition = dialect.among(connection, "customer_id")
    return f"{statement} WHERE {condition}", dialect.keys(connection, customers)


def _by_key(
    connection: Connection, shape: _Shape, keys: Collection[Cells], partial: Collection[str]
) -> dict[Cells, Cells]:
    """The stored rows of customers of whom only what is new is given."""
    if not (keys and partial):
        return {}
    (name,) = (column.name for column in shape.table.primary_key.columns)
    condition = dialect.among(connection, name)
    found = dialect.fetch(
        connection,
        f"SELECT {dialect.names(shape.table)} FROM {shape.table.name} WHERE {condition}",  # noqa: S608
        dialect.keys(connection, sorted(key[0] for key in keys)),
    )
    return {tuple(row[index] for index in shape.key): tuple(row) for row in found}


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row as it should be and as it is stored, by column; None where there is none."""

    table: str
    key: str
    customer_id: str
    folded: dict[str, Any] | None
    stored: dict[str, Any] | None


def unlike(
    connection: Connection,
    projected: Sequence[ProjectionRows],
    *,
    of: Collection[str],
    policy: str | None = None,
) -> Iterator[RowPair]:
    """Rows that :func:`write` would change for the customers ``of``, who are all that
    ``projected`` speaks of."""
    for shape in _SHAPES:
        wanted = shape.rows(projected)
        stored = _stored(connection, shape, of, policy)
        names = [column.name for column in shape.table.columns]
        for key in sorted(wanted.keys() | stored.keys()):
            folded, kept = wanted.get(key), stored.get(key)
            if folded != kept:
                yield RowPair(
                    shape.table.name,
                    key[-1],
                    (folded or kept or ())[shape.owner],
                    None if folded is None else dict(zip(names, folded, strict=True)),
                    None if kept is None else dict(zip(names, kept, strict=True)),
                )


def _stored(
    connection: Connection, shape: _Shape, known: Collection[str], policy: str | None
) -> dict[Cells, Cells]:
    if not known:
        return {}
    condition = dialect.among(connection, "customer_id")
    asked = [dialect.keys(connection, sorted(known))]
    if shape.table is movements and policy is not None:
        condition += f" AND policy = {dialect.mark(connection)}"
        asked.append(policy)
    found = dialect.fetch(
        connection,
        f"SELECT {dialect.names(shape.table)} FROM {shape.table.name} WHERE {condition}",  # noqa: S608
        *asked,
    )
    return {tuple(row[index] for index in shape.key): tuple(row) for row in found}
