"""The database behind the projection, for its one writer and for its readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from .drivers import engine_of, parsed, trusting
from .faults import PRIMARY, REPLICA, translated

__all__ = ["Connection", "Store", "memory_store"]


class Store:
    """Connections for the one writer and for readers.

    ``read_url`` names a replica for readers. Both raise :class:`DatabaseUnavailable` when the
    database cannot be reached or has not been migrated.
    """

    def __init__(self, url: str, *, read_url: str | None = None) -> None:
        self.url = parsed(url, PRIMARY)
        self.engine = engine_of(self.url)
        reads = self.url if read_url is None else parsed(read_url, REPLICA)
        self.read_engine = self.engine if reads == self.url else engine_of(reads)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def replicated(self) -> bool:
        """Whether readers have a database of their own."""
        return self.read_engine is not self.engine

    @property
    def _read_from(self) -> str:
        return REPLICA if self.replicated else PRIMARY

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by any exception."""
        with translated(self.engine), self.engine.connect() as connection:
            ready = connection.execution_options(portside_write=True)
            with ready.begin():
                yield ready

    @contextmanager
    def reading(self, *, trusts: bool = False) -> Iterator[Connection]:
        """One snapshot-free read; nothing is committed.

        ``trusts``: a connection used within a second is not asked whether it is there still. Only
        for a page, which somebody opens again: a delivery must not be refused for it.
        """
        with translated(self.read_engine, self._read_from), self._connected(trusts) as connection:
            yield connection

    @contextmanager
    def glancing(self, *, trusts: bool = False) -> Iterator[Connection]:
        """For one statement that reads: PostgreSQL is spared the transaction around it, which
        costs two waits for its answer. ``trusts`` as in `reading`."""
        with translated(self.read_engine, self._read_from), self._connected(trusts) as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    def _connected(self, trusts: bool) -> Connection:
        with trusting(trusts):
            return self.read_engine.connect()

    def close(self) -> None:
        self.engine.dispose()
        self.read_engine.dispose()


def memory_store() -> Store:
    """An empty SQLite database that lives as long as the value."""
    return Store("sqlite://")
