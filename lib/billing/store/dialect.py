"""The few places where SQLite and PostgreSQL want different words for the same thing.

The writer sends hand-built statements with plain tuples straight to the driver: the compiled
constructs of SQLAlchemy cost more than the fold itself on an import.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, LargeBinary, Table, Text

Rows = Sequence[tuple[Any, ...]]
"""Cells in the order of the table's columns."""

_KINDS = {Text: "text", BigInteger: "bigint", Boolean: "boolean", LargeBinary: "bytea"}
"""How PostgreSQL calls the types of our columns."""


def mark(connection: Connection) -> str:
    """The driver's placeholder."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def among(connection: Connection, column: str) -> str:
    """A condition on ``column`` that takes one parameter, made by :func:`keys`."""
    if connection.dialect.name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - names are ours
    return f"{column} = ANY(%s)"


def keys(connection: Connection, values: Iterable[str]) -> Any:
    listed = list(values)
    return json.dumps(listed) if connection.dialect.name == "sqlite" else listed


def insert(connection: Connection, table: Table, rows: Rows, conflict: str = "") -> None:
    """Insert whole rows; ``conflict`` is the clause for those that are there already."""
    _write(connection, table, rows, conflict, ())


def insert_new(
    connection: Connection, table: Table, rows: Rows, *, skip: tuple[str, ...] = ()
) -> None:
    """Insert rows, in their order, that are not there yet; without the columns of ``skip``."""
    _write(connection, table, rows, " ON CONFLICT DO NOTHING", skip)


def upsert(connection: Connection, table: Table, rows: Rows, *, unless_same: bool = False) -> None:
    """Insert whole rows in place of those of the same primary key. Keys must differ.

    ``unless_same``: a row that says the same already is left alone, and so are its indices.
    """
    _write(connection, table, rows, _replacing(table, unless_same), ())


def insert_returning(connection: Connection, table: Table, rows: Rows, column: str) -> list[Any]:
    """PostgreSQL alone: insert rows that are not there yet, and give ``column`` of those."""
    statement = f"{_from_arrays(table, ())} ON CONFLICT DO NOTHING RETURNING {column}"
    return [row[0] for row in fetch(connection, statement, *_columns(rows))] if rows else []


def delete(connection: Connection, table: Table, *columns: str) -> str:
    sign = mark(connection)
    return f"DELETE FROM {table.name} WHERE " + " AND ".join(f'"{c}" = {sign}' for c in columns)  # noqa: S608 - names are ours


def many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run ``statement`` once a row; nothing for no rows."""
    if rows:
        connection.exec_driver_sql(statement, list(rows))


def fetch(connection: Connection, statement: str, *parameters: Any) -> Sequence[Any]:
    return connection.exec_driver_sql(statement, parameters).fetchall()


def names(table: Table, *, skip: tuple[str, ...] = ()) -> str:
    """The quoted column list: `limits`, `interval` and `second` are words of SQL somewhere."""
    return ", ".join(f'"{c.name}"' for c in table.columns if c.name not in skip)


def _write(
    connection: Connection, table: Table, rows: Rows, conflict: str, skip: tuple[str, ...]
) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        # SQLite knows the standard's spelling only since 3.39.
        conflict = conflict.replace(" IS DISTINCT FROM ", " IS NOT ")
        connection.exec_driver_sql(_from_values(table, skip) + conflict, list(rows))
    else:
        # One statement for all rows: a statement each costs the server more than the rows do.
        connection.exec_driver_sql(_from_arrays(table, skip) + conflict, _columns(rows))


def _columns(rows: Rows) -> tuple[Any, ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))


@cache
def _from_values(table: Table, skip: tuple[str, ...]) -> str:
    values = ", ".join("?" for c in table.columns if c.name not in skip)
    return f"INSERT INTO {table.name} ({names(table, skip=skip)}) VALUES ({values})"  # noqa: S608 - names are ours


@cache
def _from_arrays(table: Table, skip: tuple[str, ...]) -> str:
    kinds = [_KINDS[type(c.type)] for c in table.columns if c.name not in skip]
    # Binary arrays: as text every quote in every state would be escaped in Python.
    arrays = ", ".join(f"%b::{kind}[]" for kind in kinds)
    listed = names(table, skip=skip)
    return f"INSERT INTO {table.name} ({listed}) SELECT * FROM unnest({arrays})"  # noqa: S608 - names are ours


@cache
def _replacing(table: Table, unless_same: bool) -> str:
    key = [c.name for c in table.primary_key.columns]
    target = ", ".join(f'"{name}"' for name in key)
    others = [c.name for c in table.columns if c.name not in key]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in others)
    clause = f" ON CONFLICT ({target}) DO UPDATE SET {changes}"  # nosec B608 - names are ours
    if unless_same:
        unlike = (f'{table.name}."{name}" IS DISTINCT FROM excluded."{name}"' for name in others)
        clause += " WHERE " + " OR ".join(unlike)
    return clause
