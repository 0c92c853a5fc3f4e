"""Whose turn it is: of several `serve` processes one at a time runs a job.

PostgreSQL holds an advisory lock for each round, in a transaction that does nothing else: a pooler
keeps to one connection for it, and nothing is left behind on one. SQLite has none, so the first
process to come holds a small file beside the database and runs every job until it ends. Either is
let go by the system when its holder dies.
"""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ..domain.errors import DatabaseUnavailable
from .engine import Store

_CLASS: Final = 7_265_642
"""First half of the advisory locks' key; the name of the job gives the other."""

_TAKE: Final = "SELECT pg_try_advisory_xact_lock(%(class)s::int, %(job)s::int)"


class Turns:
    """Takes turns with the other processes over one database. Close it when the last job ended."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mine: sqlite3.Connection | None = None
        self._guard = threading.Lock()

    @contextmanager
    def taken(self, name: str) -> Iterator[bool]:
        """Whether it is ours to do ``name`` now; nobody else does until the block ends.

        Raises DatabaseUnavailable.
        """
        if self._store.is_sqlite:
            yield self._first()
            return
        # A connection of its own: the lock belongs to it, and the job commits as it likes. Without
        # a snapshot the transaction keeps nobody's old rows, however long the job takes.
        with self._store.writing() as connection:
            key = {"class": _CLASS, "job": zlib.crc32(name.encode()) - 2**31}
            mine = bool(connection.exec_driver_sql(_TAKE, key).scalar())
            if mine:
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield mine

    def close(self) -> None:
        """Let another process take over."""
        with self._guard:
            if self._mine is not None:
                self._mine.close()
                self._mine = None

    def _first(self) -> bool:
        database = self._store.url.database
        if database in (None, "", ":memory:"):
            return True  # nobody else can see it
        with self._guard:
            if self._mine is None:
                self._mine = _held(f"{database}-jobs")
            return self._mine is not None


def _held(path: str) -> sqlite3.Connection | None:
    """An exclusive lock by SQLite's own means, which every system has."""
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise DatabaseUnavailable(f"Cannot write beside the database ({error}).") from error
    try:
        connection.execute("BEGIN EXCLUSIVE").close()
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise DatabaseUnavailable(f"Cannot write beside the database ({error}).") from error
    return connection
