"""Raw bodies of events, dropped once they are old: rows and observations stay."""

from __future__ import annotations

from sqlalchemy import Connection

from . import dialect

_OLD = "payload IS NOT NULL AND state <> 'failed' AND received_at < {sign}"
"""A failed event keeps its body: it is what the next attempt is made from."""


def prunable(connection: Connection, before: int) -> tuple[int, int]:
    """(bodies, their bytes as stored) of settled events that were received before ``before``."""
    sign = dialect.mark(connection)
    (row,) = dialect.fetch(
        connection,
        "SELECT count(*), coalesce(sum(length(payload)), 0) FROM inbox "  # noqa: S608 - no input
        f"WHERE {_OLD.format(sign=sign)}",
        before,
    )
    return int(row[0]), int(row[1])


def prune(connection: Connection, before: int, limit: int) -> int:
    """Drop the next ``limit`` of them, the oldest first; gives how many there were.

    A row that a writer holds at this moment is left for the next time rather than waited for.
    """
    sign = dialect.mark(connection)
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE SKIP LOCKED"
    done = connection.exec_driver_sql(
        "UPDATE inbox SET payload = NULL WHERE event_id IN ("  # noqa: S608 - no input
        f"SELECT event_id FROM inbox WHERE {_OLD.format(sign=sign)} "
        f"ORDER BY received_at, event_id LIMIT {sign}{lock})",
        (before, limit),
    )
    return done.rowcount
