"""The sums over all customers, kept by adding what each fold changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, case, func, select

from ..domain.rollups import (
    INVOICED,
    NOTHING,
    Cell,
    Sums,
    add_to,
    merged,
    of_movements,
    of_subscriptions,
)
from ..domain.rows import MovementRow, SubscriptionRow
from . import dialect, list_sums
from .sums import add_sums, replace_sums
from .tables import invoices, movements, rollups, subscriptions


def add(connection: Connection, changes: Mapping[Cell, Sums]) -> None:
    """Add to the stored sums. Cells are taken in one order by every writer, after customers."""
    if not add_sums(connection, rollups, Sums._fields, changes):
        return
    spent = [cell for cell in sorted(changes) if min(changes[cell]) < 0]
    empty = " AND ".join(f'"{name}" = 0' for name in Sums._fields)
    delete = dialect.delete(connection, rollups, *Cell._fields)
    dialect.many(connection, f"{delete} AND {empty}", spent)


def stored(connection: Connection) -> dict[Cell, Sums]:
    """Every sum as it is kept. One that went from below zero back to it says nothing."""
    width = len(Cell._fields)
    rows = connection.execute(select(rollups))
    found = {Cell(*row[:width]): Sums(*row[width:]) for row in rows}
    return {cell: sums for cell, sums in found.items() if sums != NOTHING}


def summed(connection: Connection, timezone: str, policy: str | None = None) -> dict[Cell, Sums]:
    """Every sum as the rows give it: what :func:`stored` must equal. Reads all of them.

    ``policy``: whose movements are summed, where those of others are kept beside them.
    """
    parts: dict[Cell, Sums] = {}
    by_customer = connection.execute(
        select(subscriptions)
        .where(subscriptions.c.mrr_minor > 0)
        .order_by(subscriptions.c.customer_id)
        .execution_options(yield_per=2_000)
    )
    owned = (SubscriptionRow(*row) for row in by_customer)
    for _, rows in groupby(owned, key=attrgetter("customer_id")):
        add_to(parts, of_subscriptions(rows, timezone))
    own = select(movements)
    if policy is not None:
        own = own.where(movements.c.policy == policy)
    moved = connection.execute(own.execution_options(yield_per=2_000))
    add_to(parts, of_movements((MovementRow(*row) for row in moved), timezone))
    for cell, sums in _invoiced(connection):
        add_to(parts, {cell: sums})
    add_to(parts, list_sums.summed(connection, timezone))
    return merged(parts)


def _invoiced(connection: Connection) -> Iterator[tuple[Cell, Sums]]:
    """As `domain.rollups.of_invoices`, added up by the database: nothing of it needs a calendar."""
    i = invoices.c
    keys = (i.status, i.collection_method, i.currency, i.billing_reason)
    remaining = case((i.status == "open", i.amount_remaining_minor), else_=0)
    amounts = [
        func.sum(remaining if kind == "invoices_open" else i[name])
        for kind, name in INVOICED.items()
    ]
    query = select(*keys, func.count(), *amounts).group_by(*keys)
    for status, method, currency, reason, count, *sums in connection.execute(query):
        for kind, minor in zip(INVOICED, sums, strict=True):
            counted = int(count) if kind == "invoices_total" else 0
            yield (
                Cell(
                    kind,
                    plan=status or "",
                    interval=method or "",
                    currency=currency or "",
                    tag=reason or "",
                ),
                Sums(0, counted, int(minor)),
            )


def rebuild(connection: Connection, timezone: str, policy: str | None = None) -> bool:
    """Make the stored sums what the rows give; True when any differed.

    The caller keeps writers out: `references.lock(connection, changing=True)`.
    """
    return replace_sums(
        connection, rollups, summed(connection, timezone, policy), stored(connection)
    )


def rebuild_invoiced(connection: Connection) -> bool:
    """The same of invoices alone, which the database adds up by itself."""
    wanted: dict[Cell, Sums] = {}
    for cell, sums in _invoiced(connection):
        add_to(wanted, {cell: sums})
    known = {cell: sums for cell, sums in stored(connection).items() if cell.kind in INVOICED}
    return replace_sums(connection, rollups, merged(wanted), known)
