"""Customers as their stored rows tell them, for the sums that compare each with its own past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Connection

from ..domain.catalog import Catalog
from ..domain.rows import InvoiceRow, MovementRow
from ..domain.turnover import Offers, Sold, Story
from ..domain.upgrades import Offer, offer_of
from . import dialect
from .spelling import read
from .tables import invoices, movements, observations

AT_ONCE: Final = 2_000

_SOLD: Final = tuple(field.name for field in fields(Sold))
_MOVED: Final = tuple(field.name for field in fields(MovementRow))


def stories(
    connection: Connection, customer_ids: Sequence[str], policy: str | None
) -> dict[str, Story]:
    """What is stored of these customers."""
    if not customer_ids:
        return {}
    moved: defaultdict[str, list[MovementRow]] = defaultdict(list)
    for row in _moved(connection, customer_ids, policy):
        moved[row.customer_id].append(row)
    sold: defaultdict[str, dict[str, Sold]] = defaultdict(dict)
    for owner, *cells in _rows(connection, _SOLD, "subscriptions", customer_ids):
        sold[owner][cells[0]] = Sold(*cells)
    free: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for owner, name, at in _rows(
        connection,
        ("subscription_id", "created_at"),
        "invoices",
        customer_ids,
        " AND total_minor = 0 AND subscription_id IS NOT NULL AND created_at IS NOT NULL",
    ):
        free[owner][name] = min(at, free[owner].get(name, at))
    return {
        customer_id: Story(
            tuple(moved.get(customer_id, ())), sold.get(customer_id, {}), free.get(customer_id, {})
        )
        for customer_id in customer_ids
    }


def sold_by_id(connection: Connection, subscription_ids: Iterable[str]) -> dict[str, Sold]:
    """What sums take from these subscriptions' rows."""
    wanted = sorted(set(subscription_ids))
    if not wanted:
        return {}
    condition = dialect.among(connection, "subscription_id")
    statement = f"SELECT {', '.join(_SOLD)} FROM subscriptions WHERE {condition}"  # noqa: S608
    rows = dialect.fetch(connection, statement, dialect.keys(connection, wanted))
    return {row[0]: Sold(*row) for row in rows}


def _moved(
    connection: Connection, customer_ids: Sequence[str], policy: str | None
) -> Iterator[MovementRow]:
    condition = dialect.among(connection, "customer_id")
    asked: list[Any] = [dialect.keys(connection, customer_ids)]
    if policy is not None:
        condition += f" AND policy = {dialect.mark(connection)}"
        asked.append(policy)
    statement = f"SELECT {dialect.names(movements)} FROM movements WHERE {condition}"  # noqa: S608
    for cells in dialect.fetch(connection, statement, *asked):
        row = dict(zip(_MOVED, cells, strict=True))
        yield MovementRow(**row | {name: bool(row[name]) for name in ("reconstructed", "switched")})


def _rows(
    connection: Connection,
    columns: Sequence[str],
    table: str,
    customer_ids: Sequence[str],
    more: str = "",
) -> Sequence[Any]:
    condition = dialect.among(connection, "customer_id")
    listed = ", ".join(("customer_id", *columns))
    statement = f"SELECT {listed} FROM {table} WHERE {condition}{more}"  # noqa: S608 - no input
    return dialect.fetch(connection, statement, dialect.keys(connection, customer_ids))


_HEARING: Final = " AND (status = 'open' OR failed_at IS NOT NULL OR failing OR attempt_count >= 1)"


def invoices_of(
    connection: Connection, customer_ids: Iterable[str], *, hearing: bool = False
) -> Iterator[InvoiceRow]:
    """The stored invoices of these customers; those alone that are another thing when their
    subscription says something else."""
    more = _HEARING if hearing else ""
    yield from _invoices(connection, "customer_id", customer_ids, more)


def invoices_made(
    connection: Connection, customer_ids: Iterable[str]
) -> Iterator[tuple[tuple[str, str], int, str]]:
    """(whose, when, which) of the stored invoices with something to pay."""
    wanted = sorted(set(customer_ids))
    if wanted:
        for owner, of, at, name in _rows(
            connection,
            ("subscription_id", "created_at", "invoice_id"),
            "invoices",
            wanted,
            " AND total_minor > 0 AND subscription_id IS NOT NULL AND created_at IS NOT NULL",
        ):
            yield (owner, of), at, name


def invoices_by_id(connection: Connection, invoice_ids: Iterable[str]) -> Iterator[InvoiceRow]:
    """Those of these invoices that are stored."""
    yield from _invoices(connection, "invoice_id", invoice_ids)


def _invoices(
    connection: Connection, column: str, values: Iterable[str], more: str = ""
) -> Iterator[InvoiceRow]:
    wanted = sorted(set(values))
    if not wanted:
        return
    condition = dialect.among(connection, column)
    statement = f"SELECT {dialect.names(invoices)} FROM invoices WHERE {condition}{more}"  # noqa: S608
    for cells in dialect.fetch(connection, statement, dialect.keys(connection, wanted)):
        yield InvoiceRow(*cells)


def offers_of(
    connection: Connection, rows: Collection[MovementRow], catalog: Catalog | None
) -> Offers:
    """What the events of these movements say that their subscriptions sold."""
    wanted = sorted({row.event_id for row in rows if row.event_id})
    if not wanted or catalog is None:
        return {}
    found: dict[tuple[str, str], tuple[Offer | None, Offer | None]] = {}
    condition = dialect.among(connection, "event_id")
    sign = dialect.mark(connection)
    for at in range(0, len(wanted), AT_ONCE):
        states = dialect.fetch(
            connection,
            f'SELECT event_id, object_id, "before", "after" FROM {observations.name} '  # noqa: S608
            f"WHERE {condition} AND object_type = {sign}",
            dialect.keys(connection, wanted[at : at + AT_ONCE]),
            "subscription",
        )
        for event_id, object_id, before, after in states:
            found[event_id, object_id] = _offered(before, catalog), _offered(after, catalog)
    return found


def _offered(state: str | None, catalog: Catalog) -> Offer | None:
    plain = read(state)
    return offer_of(plain, catalog) if plain else None
