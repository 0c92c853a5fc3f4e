"""The few places where SQLite and PostgreSQL want different words for the same thing.

The writer sends hand-built statements with plain tuples straight to the driver: the compiled
constructs of SQLAlchemy cost more than the fold itself on an import.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table


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


def insert(connection: Connection, table: Table, *, skip: tuple[str, ...] = ()) -> str:
    """INSERT of every column but ``skip``."""
    return _insert(table, mark(connection), skip)


def insert_or_skip(connection: Connection, table: Table, *, skip: tuple[str, ...] = ()) -> str:
    """INSERT that leaves a row alone that is already there."""
    return f"{_insert(table, mark(connection), skip)} ON CONFLICT DO NOTHING"


def upsert(connection: Connection, table: Table) -> str:
    """INSERT that replaces the row of the same primary key."""
    return _upsert(table, mark(connection))


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


@cache
def _insert(table: Table, sign: str, skip: tuple[str, ...]) -> str:
    count = sum(1 for c in table.columns if c.name not in skip)
    values = ", ".join([sign] * count)
    return f"INSERT INTO {table.name} ({names(table, skip=skip)}) VALUES ({values})"  # noqa: S608 - names are ours


@cache
def _upsert(table: Table, sign: str) -> str:
    key = [c.name for c in table.primary_key.columns]
    target = ", ".join(f'"{name}"' for name in key)
    changes = ", ".join(
        f'"{c.name}" = excluded."{c.name}"' for c in table.columns if c.name not in key
    )
    return f"{_insert(table, sign, ())} ON CONFLICT ({target}) DO UPDATE SET {changes}"
