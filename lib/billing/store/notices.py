"""Keeps what is to be sent, to whom, and what became of it.

A notice is known by what happened, its channel and its recipient: putting the same one in a second
time does nothing, however often somebody asks and whichever process does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from . import dialect
from .tables import notices

STUCK: Final = 600
"""Seconds after which one that is being sent is taken for left behind by a process that died."""

TOLD: Final = "told"
_WAITS: Final = "waiting"
_N = notices.c


@dataclass(frozen=True, slots=True)
class Notice:
    """``recipient``: an address, "" for Slack. ``attempts``: those that failed so far."""

    key: str
    channel: str
    recipient: str
    kind: str
    content: str
    made_at: int
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state``: waiting · sending · sent · given_up. ``error``: of the last attempt."""

    channel: str
    recipient: str
    state: str
    sent_at: int | None
    error: str | None


def add(connection: Connection, made: Iterable[Notice], *, state: str = _WAITS) -> None:
    """Put in those that are not there yet, due at once.

    ``state``: `TOLD` for what another notice tells of, so that it is told by nobody else.
    """
    unsent = (None, None, None)
    rows = [
        (n.key, n.channel, n.recipient, n.kind, n.content, n.made_at, state, 0, n.made_at, *unsent)
        for n in made
    ]
    dialect.insert_new(connection, notices, rows)


def known(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that have a notice."""
    query = select(_N.key).where(_N.key.in_(list(keys))).distinct()
    return set(connection.execute(query).scalars())


def due(connection: Connection, now: int, *, key: str | None = None) -> list[Notice]:
    """What can be sent now, the oldest first; of ``key`` also what waits for its next attempt."""
    columns = (_N.key, _N.channel, _N.recipient, _N.kind, _N.content, _N.made_at, _N.attempts)
    query = select(*columns).where(_free(now, at_once=key is not None))
    if key is not None:
        query = query.where(_N.key == key)
    rows = connection.execute(query.order_by(_N.made_at, _N.key, _N.channel, _N.recipient))
    return [Notice(*row) for row in rows]


def claim(connection: Connection, notice: Notice, now: int, *, at_once: bool = False) -> bool:
    """Take ``notice`` for sending; False when another process has it or has sent it."""
    taken = connection.execute(
        update(notices)
        .where(_is(notice), _free(now, at_once=at_once))
        .values(state="sending", claimed_at=now)
    )
    return taken.rowcount == 1


def sent(connection: Connection, notice: Notice, now: int) -> None:
    """It was taken over by the other side. What it said is no longer kept."""
    _put(connection, notice, state="sent", sent_at=now, content="", error=None)


def failed(connection: Connection, notice: Notice, error: str, next_attempt_at: int | None) -> None:
    """It was not taken over; without another attempt it is given up."""
    over: dict[str, Any] = {"state": _WAITS, "next_attempt_at": next_attempt_at}
    if next_attempt_at is None:
        over = {"state": "given_up", "content": ""}
    _put(connection, notice, attempts=notice.attempts + 1, error=error, **over)


def outcomes(connection: Connection, key: str) -> list[Outcome]:
    """What became of a notice, by recipient."""
    columns = (_N.channel, _N.recipient, _N.state, _N.sent_at, _N.error)
    query = select(*columns).where(_N.key == key).order_by(_N.channel, _N.recipient)
    return [Outcome(*row) for row in connection.execute(query)]


def troubles(connection: Connection, since: int) -> tuple[int, int, str | None]:
    """(failing, given up since ``since``, the newest error)."""
    failing = and_(_N.state.in_((_WAITS, "sending")), _N.attempts > 0)
    lost = and_(_N.state == "given_up", _N.made_at >= since)
    query = select(_N.state, func.count()).where(or_(failing, lost)).group_by(_N.state)
    counts = {state: int(count) for state, count in connection.execute(query)}
    newest = select(_N.error).where(or_(failing, lost)).order_by(_N.made_at.desc()).limit(1)
    given_up = counts.pop("given_up", 0)
    return sum(counts.values()), given_up, connection.execute(newest).scalar()


def _put(connection: Connection, notice: Notice, **values: Any) -> None:
    connection.execute(update(notices).where(_is(notice)).values(claimed_at=None, **values))


def _is(notice: Notice) -> ColumnElement[bool]:
    return and_(
        _N.key == notice.key, _N.channel == notice.channel, _N.recipient == notice.recipient
    )


def _free(now: int, *, at_once: bool) -> ColumnElement[bool]:
    waits = _N.state == _WAITS
    if not at_once:
        waits = and_(waits, _N.next_attempt_at <= now)
    return or_(waits, and_(_N.state == "sending", _N.claimed_at <= now - STUCK))
