"""Events that are kept as failed: which to try again, and what a person decided about one."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from . import dialect
from .inbox import State

_READ: Final = "substr(event_id, 1, 5) = 'read:'"
"""An object that we read, kept under an id of our own. See `intake.arrivals.read_object`."""

_COLUMNS: Final = "event_id, type, received_at, source, state, error, attempts, payload"


@dataclass(frozen=True, slots=True)
class Kept:
    """An inbox row with its body; ``body`` None once it was pruned."""

    event_id: str
    type: str
    received_at: int
    source: str
    state: State
    error: str | None
    attempts: int
    body: bytes | None


def failed_events(
    connection: Connection, after: Kept | None, limit: int, *, due: int | None = None
) -> list[Kept]:
    """The next failed events after ``after``, oldest first; objects that we read are left out.

    ``due``: only those whose next attempt is at this second or earlier.
    """
    sign = dialect.mark(connection)
    conditions = ["state = 'failed'", f"NOT {_READ}"]
    parameters: list[object] = []
    if after is not None:
        conditions.append(f"(received_at, event_id) > ({sign}, {sign})")
        parameters += [after.received_at, after.event_id]
    if due is not None:
        conditions.append(f"next_attempt_at <= {sign}")
        parameters.append(due)
    rows = dialect.fetch(
        connection,
        f"SELECT {_COLUMNS} FROM inbox WHERE {' AND '.join(conditions)} "  # noqa: S608 - no input
        f"ORDER BY received_at, event_id LIMIT {sign}",
        *parameters,
        limit,
    )
    return [_kept(*row) for row in rows]


def failed_reads(connection: Connection, limit: int | None, *, due: int | None = None) -> list[str]:
    """Ids under which objects are kept that we read and could not apply, oldest first."""
    sign = dialect.mark(connection)
    condition = "" if due is None else f"AND next_attempt_at <= {sign} "
    bound = "" if limit is None else f"LIMIT {int(limit)}"
    rows = dialect.fetch(
        connection,
        f"SELECT event_id FROM inbox WHERE state = 'failed' AND {_READ} {condition}"  # noqa: S608
        f"ORDER BY received_at, event_id {bound}",
        *(() if due is None else (due,)),
    )
    return [row[0] for row in rows]


def one(connection: Connection, event_id: str) -> Kept | None:
    """One event, whatever its state; None when it never arrived."""
    rows = dialect.fetch(
        connection,
        f"SELECT {_COLUMNS} FROM inbox WHERE event_id = {dialect.mark(connection)}",  # noqa: S608
        event_id,
    )
    return _kept(*rows[0]) if rows else None


def ignore(connection: Connection, event_id: str, why: str) -> bool:
    """Let a failed event rest; False when it is not a failed one (any more)."""
    sign = dialect.mark(connection)
    done = connection.exec_driver_sql(
        "UPDATE inbox SET state = 'ignored', next_attempt_at = NULL, "  # noqa: S608 - no input
        f"error = {sign} WHERE event_id = {sign} AND state = 'failed'",
        (why, event_id),
    )
    return done.rowcount == 1


def stop(connection: Connection, event_id: str, why: str) -> None:
    """Say why a failed event can no longer be tried; it stays failed and waits for a person."""
    sign = dialect.mark(connection)
    connection.exec_driver_sql(
        f"UPDATE inbox SET error = {sign}, next_attempt_at = NULL "  # noqa: S608 - no input
        f"WHERE event_id = {sign} AND state = 'failed'",
        (why, event_id),
    )


def inherit(connection: Connection, event_id: str, attempts: int, following: int | None) -> None:
    """Count the attempts of an earlier read of the same object to this one, which failed too."""
    sign = dialect.mark(connection)
    connection.exec_driver_sql(
        f"UPDATE inbox SET attempts = {sign}, next_attempt_at = {sign} "  # noqa: S608 - no input
        f"WHERE event_id = {sign} AND state = 'failed'",
        (attempts, following, event_id),
    )


def _kept(
    event_id: str,
    kind: str,
    received_at: int,
    source: str,
    state: State,
    error: str | None,
    attempts: int,
    payload: bytes | None,
) -> Kept:
    body = None if payload is None else zlib.decompress(payload)
    return Kept(event_id, kind, received_at, source, state, error, attempts, body)
