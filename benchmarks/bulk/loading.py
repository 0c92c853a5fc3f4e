"""Rows into an empty database, the fast way of each: COPY, or many rows a statement.

Indices are taken down before and made anew behind, as whoever restores a dump does.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg

from lib.billing.store import dialect, list_indices, search_index
from lib.billing.store.engine import Store
from lib.billing.store.tables import metadata

from .people import Person
from .stamping import TABLES, Template


class Loader(Protocol):
    def life(self, template: Template, person: Person) -> None:
        """Take the rows of one customer."""

    def flush(self) -> None:
        """Write what was taken."""


@contextmanager
def loader(store: Store, without: Collection[str] = ()) -> Iterator[Loader]:
    """Takes rows until the block ends; then they are indexed and there for everyone.

    Raises ValueError when there are customers already.
    """
    with store.reading() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM customers LIMIT 1").first():
            raise ValueError("There are customers already: name an empty database.")
    with store.writing() as connection:
        _tune(connection, store)
        search_index.drop(connection)
        list_indices.drop(connection)
        for index in _indexes():
            index.drop(connection)
    with (_Sqlite if store.is_sqlite else _Postgres)(store, without) as load:
        yield load
    with store.writing() as connection:
        _tune(connection, store)
        for index in _indexes():
            index.create(connection)
        search_index.create(connection)
        list_indices.create(connection)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if store.is_sqlite else "VACUUM ANALYZE")


def _tune(connection: Any, store: Store) -> None:
    if not store.is_sqlite:
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '1GB'")


def _indexes() -> Iterator[Any]:
    for table in TABLES:
        yield from sorted(table.indexes, key=lambda index: str(index.name))


class _Postgres:
    def __init__(self, store: Store, without: Collection[str]) -> None:
        self._without = without
        url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(url)
        self._waiting: defaultdict[str, list[str]] = defaultdict(list)

    def __enter__(self) -> _Postgres:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def life(self, template: Template, person: Person) -> None:
        for table, lines in template.lines(person, self._without):
            self._waiting[table].append(lines)

    def flush(self) -> None:
        for table, lines in self._waiting.items():
            statement = f"COPY {table} ({dialect.names(metadata.tables[table])}) FROM STDIN"
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write("".join(lines))
        self._connection.commit()
        self._waiting.clear()


class _Sqlite:
    def __init__(self, store: Store, without: Collection[str]) -> None:
        self._without = without
        self._connection = sqlite3.connect(str(store.url.database), isolation_level=None)
        for pragma in ("synchronous = OFF", "cache_size = -262144", "temp_store = MEMORY"):
            self._connection.execute(f"PRAGMA {pragma}").close()
        self._waiting: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)

    def __enter__(self) -> _Sqlite:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def life(self, template: Template, person: Person) -> None:
        for table, rows in template.rows(person, self._without):
            self._waiting[table] += rows

    def flush(self) -> None:
        self._connection.execute("BEGIN").close()
        for name, rows in self._waiting.items():
            table = metadata.tables[name]
            marks = ", ".join("?" for _ in table.columns)
            statement = f"INSERT INTO {name} ({dialect.names(table)}) VALUES ({marks})"
            self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT").close()
        self._waiting.clear()
