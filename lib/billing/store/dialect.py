"""The few places where SQLite and PostgreSQL want different words for the same thing.

The writer sends hand-built statements with plain tuples straight to the driver: the compiled
constructs of SQLAlchemy cost more than the fold itself on an import. What it sends `together` costs
PostgreSQL one wait.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol

from sqlalchemy import BigInteger, Boolean, Connection, LargeBinary, Table, Text

Rows = Sequence[tuple[Any, ...]]
"""Cells in the order of the table's columns."""

_DIRECT: Final = "portside_direct"
"""In a connection's info, while statements go together: its driver's connection to SQLite, or the
line to PostgreSQL."""

PREPARED: Final = "portside_prepared"
"""In a connection's info: statements that PostgreSQL has prepared for it, and their names there.
It is missing where a pooler would forget them."""


class Answer(Protocol):
    """Rows that may still be on their way; taking them waits for them."""

    def fetchall(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Here:
    """An answer that is here."""

    rows: Sequence[Any]

    def fetchall(self) -> Sequence[Any]:
        return self.rows


_KINDS = {Text: "text", BigInteger: "bigint", Boolean: "boolean", LargeBinary: "bytea"}
"""How PostgreSQL calls the types of our columns."""


_AMONG: Final = "= ANY(%b::text[])"


def mark(connection: Connection) -> str:
    """The driver's placeholder."""
    return "?" if connection.dialect.name == "sqlite" else "%s"


def among(connection: Connection, column: str) -> str:
    """A condition on ``column`` that takes one parameter, made by :func:`keys`."""
    if connection.dialect.name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(?))"  # noqa: S608 - names are ours
    return f"{column} {_AMONG}"


def keys(connection: Connection, values: Iterable[str]) -> Any:
    listed = list(values)
    if connection.dialect.name == "sqlite":
        return json.dumps(listed)
    from .arrays import packed

    return packed("text", listed)


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


def insert_returning(connection: Connection, table: Table, rows: Rows, *columns: str) -> Answer:
    """PostgreSQL alone: insert rows that are not there yet, and give ``columns`` of those."""
    if not rows:
        return Here(())
    told = ", ".join(columns)
    statement = f"{_from_arrays(table, ())} ON CONFLICT DO NOTHING RETURNING {told}"
    return ask(connection, statement, *_columns(table, rows, ()))


def delete(connection: Connection, table: Table, *columns: str) -> str:
    sign = mark(connection)
    return f"DELETE FROM {table.name} WHERE " + " AND ".join(f'"{c}" = {sign}' for c in columns)  # noqa: S608 - names are ours


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send what follows without waiting for answers in between: PostgreSQL works on the first
    statement while the next is made. Only what this module sends goes together.

    What failed is raised at the end of the block, or where rows are taken.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        connection.info[_DIRECT] = driver
        try:
            yield
        finally:
            del connection.info[_DIRECT]
    else:
        with _in_line(connection, driver):
            yield


@contextmanager
def _in_line(connection: Connection, driver: Any) -> Iterator[None]:
    from .line import Line  # SQLite needs no driver of PostgreSQL

    line = Line(driver, connection.info.get(PREPARED))
    line.open()
    connection.info[_DIRECT] = line
    try:
        yield
    except BaseException:
        del connection.info[_DIRECT]
        with suppress(line.FAILED):  # what follows a failure fails of it
            line.end()
        raise
    del connection.info[_DIRECT]
    line.end()


def commit(connection: Connection) -> None:
    """End the transaction by what goes together, where that saves a wait; nothing may follow.

    It ends by itself then, without anybody waiting for it: what was sent is on its way.
    """
    if connection.dialect.name != "sqlite":
        line = connection.info[_DIRECT]
        line.ask("COMMIT", ())
        line.push()


def ask(connection: Connection, statement: str, *parameters: Any) -> Answer:
    """A question whose answer is taken later, by ``fetchall``."""
    direct = connection.info.get(_DIRECT)
    if direct is None:
        return connection.exec_driver_sql(statement, parameters)
    if connection.dialect.name == "sqlite":
        # SQLite steps through rows as they are taken, and would show what was written since.
        return Here(direct.execute(statement, parameters).fetchall())
    # What looks for a list of keys is planned each time: a plan that is kept was made when the
    # table was small or empty, reads all of it, and stays until somebody analyzes the table.
    answer: Answer = direct.ask(statement, parameters, keep=_AMONG not in statement)
    return answer


def fetch(connection: Connection, statement: str, *parameters: Any) -> Sequence[Any]:
    return ask(connection, statement, *parameters).fetchall()


def run(connection: Connection, statement: str, *parameters: Any) -> None:
    """A statement that answers nothing."""
    ask(connection, statement, *parameters)


def many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run ``statement`` once a row; nothing for no rows."""
    if not rows:
        return
    direct = connection.info.get(_DIRECT)
    if direct is None:
        connection.exec_driver_sql(statement, list(rows))
    elif connection.dialect.name == "sqlite":
        direct.executemany(statement, rows)
    else:
        for row in rows:
            direct.ask(statement, row)


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
        many(connection, _from_values(table, skip) + conflict, rows)
    else:
        # One statement for all rows: a statement each costs the server more than the rows do.
        run(connection, _from_arrays(table, skip) + conflict, *_columns(table, rows, skip))


def _columns(table: Table, rows: Rows, skip: tuple[str, ...]) -> list[Any]:
    from .arrays import packed  # SQLite needs no driver of PostgreSQL

    columns = zip(*rows, strict=True)
    return [packed(kind, column) for kind, column in zip(_kinds(table, skip), columns, strict=True)]


@cache
def _kinds(table: Table, skip: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_KINDS[type(c.type)] for c in table.columns if c.name not in skip)


@cache
def _from_values(table: Table, skip: tuple[str, ...]) -> str:
    values = ", ".join("?" for c in table.columns if c.name not in skip)
    return f"INSERT INTO {table.name} ({names(table, skip=skip)}) VALUES ({values})"  # noqa: S608 - names are ours


@cache
def _from_arrays(table: Table, skip: tuple[str, ...]) -> str:
    # Binary arrays: as text every quote in every state would be escaped in Python.
    arrays = ", ".join(f"%b::{kind}[]" for kind in _kinds(table, skip))
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
