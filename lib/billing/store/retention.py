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


Place = tuple[int, str]
"""(received_at, event id) of the last body that was dropped: where the next batch goes on."""


def prune(
    connection: Connection, before: int, limit: int, after: Place = (-1, "")
) -> tuple[int, Place]:
    """Drop the next ``limit`` of them, the oldest first; gives how many, and the place reached.

    A row that a writer holds at this moment is left for the next time rather than waited for.
    """
    sign = dialect.mark(connection)
    lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE SKIP LOCKED"
    rows = dialect.fetch(
        connection,
        f"SELECT received_at, event_id FROM inbox WHERE {_OLD.format(sign=sign)} "  # noqa: S608
        # The first condition is implied by the second; an index can serve it.
        f"AND received_at >= {sign} AND (received_at, event_id) > ({sign}, {sign}) "
        f"ORDER BY received_at, event_id LIMIT {sign}{lock}",
        before,
        after[0],
        *after,
        limit,
    )
    if not rows:
        return 0, after
    condition = dialect.among(connection, "event_id")
    connection.exec_driver_sql(
        f"UPDATE inbox SET payload = NULL WHERE {condition}",  # noqa: S608 - no input
        (dialect.keys(connection, [row[1] for row in rows]),),
    )
    return len(rows), (rows[-1][0], rows[-1][1])
