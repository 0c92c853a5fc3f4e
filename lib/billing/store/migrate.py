"""Bring a database to the newest schema, and tell how old it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from .engine import Store

_LOCK = 7_067_168_383  # any number that only migrations of this product take


def upgrade(store: Store) -> str:
    """Run what is missing, in one transaction; gives the revision now in force.

    Several programs may start at once: the second waits and then finds nothing to do.
    """
    with store.writing() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _current(connection) != head():
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return head()


def current(store: Store) -> str | None:
    """The revision of the database; None when it was never migrated."""
    with store.reading() as connection:
        return _current(connection)


def head() -> str:
    """The revision that this version of the product needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
