"""How far behind the database is that is read."""

from __future__ import annotations

from sqlalchemy import Connection

_BEHIND = """
SELECT CASE
  WHEN NOT pg_is_in_recovery() THEN NULL
  WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)
    AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE greatest(0, extract(epoch FROM now() - pg_last_xact_replay_timestamp()))::bigint
END
"""
# A replica that hears nothing more has replayed all it got, and may be hours behind all the same.


def behind(connection: Connection) -> int | None:
    """Seconds by which a replica is behind at most; None where the database is none, or SQLite."""
    if connection.dialect.name != "postgresql":
        return None
    found = connection.exec_driver_sql(_BEHIND).scalar()
    return None if found is None else int(found)
