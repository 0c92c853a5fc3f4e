"""Bring a database to the newest schema, and tell how old it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from ..domain.errors import DatabaseUnavailable
from .engine import Store

if TYPE_CHECKING:
    from alembic.config import Config

HEAD: Final = "0022"
"""The newest revision in `migrations/versions`; a test compares."""

BY_BYTES: Final = frozenset({"ix_movements_reached"})
"""Indices that only migrations know: of text by its bytes, which databases spell differently."""

LOCK_SECONDS: Final = 10
"""How long a migration waits for each lock on PostgreSQL before nothing is changed."""

GRACE: Final = 2.5
"""Seconds between saying that older versions may write no more and changing anything: longer than
what `fence.EVERY` allows them to go on."""

WRITERS_FROM: Final = "writers_from"
"""In `meta`: the oldest version, by its newest revision, that keeps every row right."""

_LOCK = 7_067_168_383  # any number that only migrations of this product take


@dataclass(frozen=True, slots=True)
class Standing:
    """``writers_from``: see `WRITERS_FROM`; None = every version may write."""

    revision: str | None
    writers_from: str | None


def upgrade(store: Store, *, wait: Callable[[float], object] = time.sleep) -> str:
    """Run what is missing, in one transaction; gives the revision now in force.

    Several programs may start at once: the second waits and then finds nothing to do. Where others
    are connected and what is missing is not for older writers, these are told first and have
    `GRACE` seconds to notice. Raises DatabaseUnavailable, also when what runs keeps a lock for
    longer than `LOCK_SECONDS`, and when the database is newer than this version.
    """
    told = _announced(store)
    if told is not None:
        wait(GRACE)
    try:
        return _upgraded(store)
    except BaseException:
        if told is not None:
            with store.writing() as connection:
                _keep(connection, told)
        raise


def _upgraded(store: Store) -> str:
    with store.writing() as connection:
        if not store.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = _current(connection)
        if before is not None and before > HEAD:
            raise DatabaseUnavailable(
                f"The database is at revision {before} and this version knows {HEAD}: it was "
                "upgraded by a newer one. Start that, or restore the backup made before.",
                code="schema_newer",
            )
        if before != HEAD:
            if not store.is_sqlite:
                # Whoever comes after it waits too: rather no migration than a long silence.
                connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
                if before is not None:
                    # Whoever began to write before the announcement ends first.
                    connection.execute(text("LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE"))
            _migrate(connection)
            _keep(connection, oldest_writer())
    return HEAD


def _announced(store: Store) -> str | None:
    """What counted before ("" = nothing) where older writers were told to stop; None where nobody
    had to be."""
    if store.is_sqlite:
        return None
    with store.writing() as connection:
        found = standing(connection) if _current(connection) else None
        if found is None or str(found.revision) >= HEAD or str(found.revision) >= oldest_writer():
            return None
        others = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        if not others.scalar_one():
            return None
        _keep(connection, oldest_writer())
    return found.writers_from or ""


def _keep(connection: Connection, writers_from: str) -> None:
    connection.execute(text("DELETE FROM meta WHERE key = :key"), {"key": WRITERS_FROM})
    if writers_from:
        connection.execute(
            text("INSERT INTO meta (key, value) VALUES (:key, :value)"),
            {"key": WRITERS_FROM, "value": writers_from},
        )


def oldest_writer() -> str:
    """The newest revision that changed what a writer has to keep. One that did not says so:
    ``older_writers_go_on = True`` in its file."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return max(
        script.revision
        for script in scripts
        if not getattr(script.module, "older_writers_go_on", False)
    )


def standing(connection: Connection) -> Standing:
    """Raises DatabaseUnavailable (`not_migrated`) where there are no tables, as any query does."""
    row = connection.execute(
        text(
            "SELECT (SELECT version_num FROM alembic_version), "
            "(SELECT value FROM meta WHERE key = :key)"
        ),
        {"key": WRITERS_FROM},
    ).one()
    return Standing(row[0], row[1])


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

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
