"""Sums that are kept by adding what changes: of one table, whose key comes before its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from . import dialect

Numbers = tuple[int, ...]


def add_sums(
    connection: Connection, table: Table, named: Sequence[str], changes: Mapping[Any, Numbers]
) -> list[Any]:
    """Add to the stored sums; gives the keys of what was added to, sorted: every writer takes them
    in that order. ``named``: the columns that are no part of the key."""
    keys = [key for key in sorted(changes) if any(changes[key])]
    if keys:
        key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
        added = ", ".join(f'"{name}" = {table.name}."{name}" + excluded."{name}"' for name in named)
        rows = [(*each, *changes[each]) for each in keys]
        conflict = f" ON CONFLICT ({key}) DO UPDATE SET {added}"  # nosec B608 - names are ours
        dialect.insert(connection, table, rows, conflict)
    return keys


def replace_sums(
    connection: Connection,
    table: Table,
    wanted: Mapping[Any, Numbers],
    known: Mapping[Any, Numbers],
) -> bool:
    """Make the stored sums, which are ``known``, the ``wanted`` ones; True when any differed."""
    if wanted == known:
        return False
    names = [column.name for column in table.primary_key.columns]
    gone = sorted(known.keys() - wanted.keys())
    dialect.many(connection, dialect.delete(connection, table, *names), gone)
    rows = [(*key, *wanted[key]) for key in sorted(wanted) if known.get(key) != wanted[key]]
    dialect.upsert(connection, table, rows)
    return True
