"""Whether a value is in so many rows that a list is read along its order rather than by it.

PostgreSQL keeps numbers of that and decides by itself. SQLite takes an index that has the value,
and then sorts all that it finds: it is told where that is too much.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from .columns import first_found

PAGED: Final = 5_000
"""Rows with the value beyond which a page of them is soon found among all others."""

SUMMED: Final = 25_000
"""The same where as many are added up as `domain.filters.COUNTED`."""

Wanted = tuple[ColumnElement[Any], Collection[str]]


def common(
    connection: Connection, wanted: Collection[Wanted], *, beyond: int
) -> frozenset[ColumnElement[Any]]:
    """Those columns, each with an index, of which ``beyond`` rows or more have one of the values;
    none where the database knows it by itself."""
    if connection.dialect.name != "sqlite":
        return frozenset()
    return frozenset(
        column for column, values in wanted if values and _many(connection, column, values, beyond)
    )


def along(column: ColumnElement[Any], commons: Collection[Any]) -> ColumnElement[Any]:
    """``column`` as it is compared: where it is among the ``commons``, no index is chosen by it."""
    return first_found(column) if any(column is each for each in commons) else column


def _many(
    connection: Connection, column: ColumnElement[Any], values: Collection[str], beyond: int
) -> bool:
    some = select(literal_column("1")).where(column.in_(values)).limit(beyond).subquery()
    return bool(connection.scalar(select(func.count()).select_from(some)) == beyond)
