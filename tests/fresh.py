"""Empty, migrated SQLite databases: copies of one, since migrating takes fifty times as long."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from lib.billing.store import migrate
from lib.billing.store.engine import Store, memory_store


@cache
def template() -> Path:
    """The file to copy; it goes when the process does."""
    folder = tempfile.TemporaryDirectory(prefix="portside-empty-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "portside.db"
    store = Store(f"sqlite:///{path}")
    migrate.upgrade(store)
    store.close()
    return path


def fresh_store(path: Path) -> Store:
    """A new database at ``path``."""
    shutil.copyfile(template(), path)
    return Store(f"sqlite:///{path}")


def fresh_memory() -> Store:
    """One that lives as long as the value."""
    store = memory_store()
    with sqlite3.connect(template()) as kept, store.engine.connect() as connection:
        kept.backup(connection.connection.driver_connection)  # type: ignore[arg-type]
    kept.close()
    return store
