"""Raw bodies of events, dropped once they are old: rows and observations stay.

The inbox is walked by windows of keys, the oldest first: a transaction looks at so many rows and no
more, however few of them still have a body, and the place reached is kept, so that the next round
begins where this one ended. See docs/decisions/0031.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from . import dialect, meta

_GOES: Final = "payload IS NOT NULL AND state <> 'failed'"
"""A failed event keeps its body: it is what the next attempt is made from."""

Place = tuple[int, str]
"""(received_at, event id) of the last row that was looked at."""

START: Final[Place] = (-1, "")


@dataclass(frozen=True, slots=True)
class Window:
    """``seen``: rows that were looked at; 0 = there are no more. ``bodies``: how many went, of
    ``size`` bytes as they were stored. ``place``: the last row that was looked at."""

    seen: int
    bodies: int
    size: int
    place: Place


def prunable(connection: Connection, before: int) -> tuple[int, int]:
    """(bodies, their bytes as stored) of settled events that were received before ``before``."""
    sign = dialect.mark(connection)
    (row,) = dialect.fetch(
        connection,
        "SELECT count(*), coalesce(sum(length(payload)), 0) FROM inbox "  # noqa: S608 - no input
        f"WHERE {_GOES} AND received_at < {sign}",
        before,
    )
    return int(row[0]), int(row[1])


def prune(connection: Connection, before: int, limit: int, after: Place = START) -> Window:
    """Look at the next ``limit`` rows that came before ``before``, and drop what bodies may go.

    A row that a writer holds at this moment is left for another time rather than waited for.
    """
    rows = _next(connection, before, limit, after)
    if not rows:
        return Window(0, 0, 0, after)
    going = {str(row[1]): int(row[2]) for row in rows if row[2] is not None}
    gone = _drop(connection, list(going)) if going else []
    size = sum(going[event_id] for event_id in gone)
    return Window(len(rows), len(gone), size, (int(rows[-1][0]), str(rows[-1][1])))


def _next(
    connection: Connection, before: int, limit: int, after: Place
) -> list[tuple[int, str, int | None]]:
    sign = dialect.mark(connection)
    found = dialect.fetch(
        connection,
        "SELECT received_at, event_id, "  # noqa: S608 - no input
        f"CASE WHEN {_GOES} THEN length(payload) END FROM inbox "
        # The first condition is implied by the second; an index can serve it.
        f"WHERE received_at >= {sign} AND (received_at, event_id) > ({sign}, {sign}) "
        f"AND received_at < {sign} ORDER BY received_at, event_id LIMIT {sign}",
        after[0],
        *after,
        before,
        limit,
    )
    return [(row[0], row[1], row[2]) for row in found]


def _drop(connection: Connection, event_ids: list[str]) -> list[str]:
    """The events whose bodies went."""
    condition = f"{dialect.among(connection, 'event_id')} AND {_GOES}"
    given = dialect.keys(connection, event_ids)
    if connection.dialect.name == "sqlite":
        statement = f"UPDATE inbox SET payload = NULL WHERE {condition} RETURNING event_id"  # noqa: S608
    else:
        statement = (
            "UPDATE inbox SET payload = NULL WHERE event_id IN (SELECT event_id FROM inbox "  # noqa: S608
            f"WHERE {condition} ORDER BY event_id FOR UPDATE SKIP LOCKED) RETURNING event_id"
        )
    return [str(row[0]) for row in dialect.fetch(connection, statement, given)]


@dataclass(frozen=True, slots=True)
class Kept:
    """``place``: up to where bodies are dropped. ``swept_at``: when that last began at the oldest
    row. ``ended_at``: when a round last came to its end. None = never."""

    place: Place
    swept_at: int | None
    ended_at: int | None


def kept(connection: Connection) -> Kept:
    """How far the last rounds came."""
    told = meta.get(connection, meta.PRUNED_TO)
    place = START
    if told is not None:
        at, _, event_id = told.partition(" ")
        place = (int(at), event_id)
    return Kept(place, _second(connection, meta.SWEPT_AT), _second(connection, meta.PRUNED_AT))


def keep_place(connection: Connection, place: Place) -> None:
    """Say how far a round has come; in the transaction that came so far."""
    meta.put(connection, meta.PRUNED_TO, f"{place[0]} {place[1]}")


def keep_sweep(connection: Connection, now: int) -> None:
    """Say that every row is looked at again from here on."""
    meta.forget(connection, meta.PRUNED_TO)
    meta.put(connection, meta.SWEPT_AT, str(now))


def keep_end(connection: Connection, now: int) -> None:
    """Say that a round came to its end."""
    meta.put(connection, meta.PRUNED_AT, str(now))


def oldest_row(connection: Connection) -> int | None:
    """When the oldest event arrived; None of an empty inbox."""
    (row,) = dialect.fetch(connection, "SELECT min(received_at) FROM inbox")
    return None if row[0] is None else int(row[0])


def _second(connection: Connection, key: str) -> int | None:
    told = meta.get(connection, key)
    return None if told is None else int(told)
