"""Bring a database to the newest schema, and tell how old it is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from .engine import Store

HEAD: Final = "0016"
"""The newest revision in `migrations/versions`; a test compares."""

LOCK_SECONDS: Final = 10
"""How long a migration waits for each lock on PostgreSQL before nothing is changed."""

_LOCK = 7_067_168_383  # any number that only migrations of this product take


def upgrade(store: Store) -> str:
    """Run what is missing, in one transaction; gives the revision now in force.

    Several programs may start at once: the second waits and then finds nothing to do. Raises
    DatabaseUnavailable, also when what runs keeps a lock for longer than `LOCK_SECONDS`.
    """
    with store.writing() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _current(connection) != HEAD:
            if not store.is_sqlite:
                # Whoever comes after it waits too: rather no migration than a long silence.
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            _migrate(connection)
    return HEAD


def current(store: Store) -> str | None:
    """The revision of the database; None when it was never migrated."""
    with store.reading() as connection:
        return _current(connection)


def head() -> str:
    """The revision that this version of the product needs."""
    return HEAD


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalar_one_or_none()


def _migrate(connection: Connection) -> None:
    # Imported here: half the time that a command takes to start would be Alembic's.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
