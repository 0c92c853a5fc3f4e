"""As whom PostgreSQL knows a connection, and how patient it is with it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Session:
    """``waits_for_locks``: milliseconds; 0 = for ever."""

    role: str
    superuser: bool
    waits_for_locks: int


def seen(connection: Connection) -> Session:
    """What PostgreSQL says of this connection."""
    row = connection.exec_driver_sql(
        "SELECT current_user, coalesce((SELECT rolsuper FROM pg_roles "
        "WHERE rolname = current_user), false), "
        "(SELECT setting::bigint FROM pg_settings WHERE name = 'lock_timeout')"
    ).one()
    return Session(str(row[0]), bool(row[1]), int(row[2]))
