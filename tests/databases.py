"""A PostgreSQL database for each test, used again by the next one.

Copying the template takes ten times as long as emptying what a test has left behind. A database
whose schema, rights or settings a test has touched is thrown away.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql

LOCK = 4_170

_SHAPE = """
SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C")) FROM (
    SELECT concat_ws('|', 'c', oid, relname, relkind, relowner, relacl, reloptions, relchecks)
        AS fact FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws('|', 'a', attrelid, attnum, attname, atttypid, attnotnull, attacl)
        FROM pg_attribute WHERE attrelid IN
            (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT concat_ws('|', 't', tgrelid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws('|', 'p', proname, prosrc, proacl) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws('|', 'n', nspname, nspacl) FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_temp%' AND nspname NOT LIKE 'pg\\_toast\\_temp%'
    UNION ALL SELECT concat_ws('|', 'd', datacl) FROM pg_database
        WHERE datname = current_database()
    UNION ALL SELECT concat_ws('|', 's', setrole, setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL SELECT concat_ws('|', 'v', version_num) FROM alembic_version
    UNION ALL SELECT concat_ws('|', 'k', starelid, staattnum) FROM pg_statistic WHERE starelid IN
        (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
) AS facts
"""

# A table that is truncated gets new files, and so does each of its indexes: the few rows of most
# tests are deleted. Ten pages are what the planner takes a table for that it has never counted.
_EMPTY = """
DO $$
DECLARE
    filled record;
BEGIN
    FOR filled IN
        SELECT oid::regclass AS name, pg_relation_size(oid) > 10 * 8192 AS large FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE CASE WHEN filled.large THEN 'TRUNCATE ' ELSE 'DELETE FROM ' END || filled.name;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence
        WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""

_SETTINGS = {
    "fsync": "off",  # nobody pulls the plug here
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",  # statistics that appear by themselves change plans
    "max_wal_size": "256MB",  # it may lie in memory
    "min_wal_size": "32MB",
}

_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
"""Bytes that must be free there: a run takes some hundred megabytes."""


@dataclass
class Clean:
    """A database as the template has it: its shape, and the rows that migrations put in.

    ``own``: a session that stays, since a new one looks up anew where everything is.
    """

    name: str
    own: psycopg.Connection
    shape: str
    rows: dict[str, bytes]


@dataclass
class Shelf:
    """Migrated, empty databases of one worker of the run. ``server``: its maintenance address."""

    server: str
    template: str
    free: list[Clean] = field(default_factory=list)
    _sessions: list[psycopg.Connection] = field(default_factory=list)

    @cached_property
    def _keeper(self) -> psycopg.Connection:
        """Stays open: a session costs the server more than what is asked of it here."""
        return psycopg.connect(self.server, autocommit=True)

    def take(self) -> Clean:
        """A database that nobody uses."""
        if self.free:
            return self.free.pop()
        name = f"test_{secrets.token_hex(6)}"
        # Two workers may not copy one template at the same moment.
        self._keeper.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._keeper.execute(copied.format(sql.Identifier(name), sql.Identifier(self.template)))
        self._keeper.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
        own = self._session(name)
        return Clean(name, own, _shape(own), _rows(own))

    def give_back(self, used: Clean) -> None:
        """Empty it for the next test, or drop it where it is not what it was."""
        try:
            if used.own.closed:
                used.own = self._session(used.name)
            self._end_sessions(used)
            used.own.execute(_EMPTY)
            for table, rows in used.rows.items():
                into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                with used.own.cursor().copy(into) as copy:
                    copy.write(rows)
            kept = _shape(used.own) == used.shape
        except psycopg.Error:
            kept = False
        if kept:
            self.free.append(used)
            return
        used.own.close()
        gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._keeper.execute(gone.format(sql.Identifier(used.name)))

    def close(self) -> None:
        for own in self._sessions:
            own.close()
        self._keeper.close()

    def address(self, name: str) -> str:
        """The address of the database called ``name`` on the same server."""
        return named(self.server, name)

    def _session(self, name: str) -> psycopg.Connection:
        own = psycopg.connect(self.address(name), autocommit=True)
        self._sessions.append(own)
        own.execute("SET session_replication_role = replica")  # no triggers
        own.execute("SET statement_timeout = '10s'")
        return own

    def _end_sessions(self, used: Clean) -> None:
        self._keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND pid <> %s",
            (used.name, used.own.info.backend_pid),
        )


def quickest_folder() -> Path:
    """Where a server's files are made and deleted soonest: a database has hundreds of them."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    return Path(tempfile.gettempdir())


def named(address: str, database: str) -> str:
    """``address`` with another database's name."""
    head, _, query = address.partition("?")
    return f"{head.rpartition('/')[0]}/{database}?{query}"


def make_template(address: str, template: str, migrate: Callable[[str], None]) -> None:
    """Migrate a database to copy, once for all workers of the run."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,))
        if found.fetchone() is None:
            for name, value in _SETTINGS.items():
                told = sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.SQL(name), sql.Literal(value))
                connection.execute(told)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE portside_fresh")
            migrate(named(address, "portside_fresh"))
            renamed = sql.SQL("ALTER DATABASE portside_fresh RENAME TO {}")
            connection.execute(renamed.format(sql.Identifier(template)))


def _shape(connection: psycopg.Connection) -> str:
    (found,) = connection.execute(_SHAPE).fetchone() or ("",)
    return str(found)


def _rows(connection: psycopg.Connection) -> dict[str, bytes]:
    """The rows of each table that has any, as COPY writes them."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename <> 'alembic_version'"
    ).fetchall()
    found = {}
    for (table,) in tables:
        out = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with connection.cursor().copy(out) as copy:
            rows = b"".join(bytes(part) for part in copy)
        if rows:
            found[table] = rows
    return found
