"""Connections for readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from ..engine import Store

__all__ = ["Connection", "Reader"]


class Reader:
    """Opens connections that only read. One `open` sees one state of the projection."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def replicated(self) -> bool:
        return self._store.replicated

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A connection in one read transaction. Raises DatabaseUnavailable."""
        with self._store.reading(trusts=True) as connection:
            if connection.dialect.name == "postgresql":
                # A page runs several queries: its total must be the total of the rows it shows.
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection each of whose statements sees one state of its own. Raises
        DatabaseUnavailable."""
        with self._store.glancing(trusts=True) as connection:
            yield connection
