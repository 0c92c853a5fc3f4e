"""Every event that ever arrived, once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from sqlalchemy import Connection

from ..domain.retries import next_attempt
from ..domain.values import dataclass
from . import dialect
from .spelling import shrunk
from .tables import inbox

State = Literal["applied", "stale", "ignored", "failed"]


@dataclass(frozen=True, slots=True)
class InboxRow:
    """``body`` is what was sent, or what is stored of that where ``size`` tells how long it was;
    times are unix seconds."""

    event_id: str
    type: str
    created_at: int
    received_at: int
    source: str
    state: State
    error: str | None
    attempts: int
    api_version: str | None
    livemode: bool
    body: bytes
    next_attempt_at: int | None = None  # of a failed event
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch at the door."""

    new: frozenset[str]
    failed_before: frozenset[str]  # known, and worth another try


def take(connection: Connection, rows: Sequence[InboxRow]) -> Taken:
    """Store what was never seen, ordered by event id so that writers do not lock crosswise."""
    ordered = sorted(rows, key=lambda row: row.event_id)
    if connection.dialect.name == "sqlite":
        known = dict(_states(connection, [row.event_id for row in ordered]))
        missing = [_tuple(row) for row in ordered if row.event_id not in known]
        dialect.insert(connection, inbox, missing)
        new = {row[0] for row in missing}
    else:
        # Another receiver may be storing the same event at this moment: the insertion tells.
        cells = [_tuple(row) for row in ordered]
        made = dialect.insert_returning(connection, inbox, cells, "event_id")
        new = {event_id for (event_id,) in made.fetchall()}
        repeated = [row.event_id for row in ordered if row.event_id not in new]
        known = dict(_states(connection, repeated)) if repeated else {}
    failed = {event_id for event_id, state in known.items() if state == "failed"}
    return Taken(frozenset(new), frozenset(failed))


def mark(connection: Connection, state: State, event_ids: Iterable[str]) -> None:
    """Say what became of stored events."""
    sign = dialect.mark(connection)
    statement = f"UPDATE inbox SET state = {sign} WHERE event_id = {sign}"  # noqa: S608 - no input
    dialect.many(connection, statement, [(state, event_id) for event_id in sorted(event_ids)])


def mark_retried(
    connection: Connection, outcomes: Iterable[tuple[str, State, str | None]], now: int
) -> None:
    """Another attempt at failed events: (event id, new state, error)."""
    told = sorted(outcomes)
    if not told:
        return
    condition = dialect.among(connection, "event_id")
    tried = dict(
        dialect.fetch(
            connection,
            f"SELECT event_id, attempts FROM inbox WHERE {condition}",  # noqa: S608 - no input
            dialect.keys(connection, [event_id for event_id, _, _ in told]),
        )
    )
    sign = dialect.mark(connection)
    statement = (
        f"UPDATE inbox SET state = {sign}, error = {sign}, attempts = {sign}, "  # noqa: S608
        f"next_attempt_at = {sign} WHERE event_id = {sign}"
    )
    rows = []
    for event_id, state, error in told:
        attempts = tried[event_id] + 1
        following = next_attempt(attempts, now) if state == "failed" else None
        rows.append((state, error, attempts, following, event_id))
    dialect.many(connection, statement, rows)


def body_of(connection: Connection, event_id: str) -> bytes | None:
    """The body of one event; None when it is unknown or was pruned."""
    rows = dialect.fetch(
        connection,
        f"SELECT payload FROM inbox WHERE event_id = {dialect.mark(connection)}",  # noqa: S608
        event_id,
    )
    return zlib.decompress(rows[0][0]) if rows and rows[0][0] is not None else None


def _states(connection: Connection, event_ids: list[str]) -> Iterator[tuple[str, str]]:
    condition = dialect.among(connection, "event_id")
    for row in dialect.fetch(
        connection,
        f"SELECT event_id, state FROM inbox WHERE {condition}",  # noqa: S608 - no input
        dialect.keys(connection, event_ids),
    ):
        yield row[0], row[1]


def _tuple(row: InboxRow) -> tuple[Any, ...]:
    return (
        row.event_id,
        row.type,
        row.created_at,
        row.received_at,
        row.source,
        row.state,
        row.error,
        row.attempts,
        row.api_version,
        row.livemode,
        shrunk(row.body) if row.size is None else row.body,
        len(row.body) if row.size is None else row.size,
        row.next_attempt_at,
    )
