"""Connections for readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from ...domain.errors import DatabaseUnavailable


class Reader:
    """Opens connections that only read. One `open` sees one state of the projection."""

    def __init__(self, engine: Engine) -> None:
        if engine.dialect.name == "postgresql":
            # A page runs several queries: its total must be the total of the rows it shows.
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        self._engine = engine

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A connection in one read transaction. Raises DatabaseUnavailable."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError):
            raise DatabaseUnavailable(
                "The database did not answer. Check PORTSIDE_DATABASE_URL and that it is running; "
                "if it is new, run `portside db upgrade`."
            ) from None
