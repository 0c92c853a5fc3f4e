"""Whose turn it is to be sent, and what became of it.

Of one customer's events at one endpoint only the first that waits is ever given out, and until its
lease ends nobody else is given it: two deliverers keep the order. A lease is by the system's clock,
because the installation's may be moved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    delete,
    literal_column,
    select,
    tuple_,
    update,
)

from .tables import outgoing_deliveries, outgoing_events

LEASE: Final = 120
"""Seconds after which what somebody meant to send is sent by another: longer than a round's
batch."""

WAITING: Final[ColumnElement[str]] = literal_column("'waiting'")
"""Spelled out in the statement: neither database uses a partial index for a parameter."""

_D: Final = outgoing_deliveries.c

State = Literal["delivered", "dead"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that is to be sent to one endpoint now. ``attempts``: those before this one."""

    event_id: str
    endpoint: str
    customer_id: str
    sequence: int
    attempts: int
    payload: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one attempt. ``state`` None: it waits on, until ``next_attempt_at``."""

    delivery: Delivery
    state: State | None
    at: int
    status: int | None
    reason: str | None
    next_attempt_at: int | None = None


def anything_due(connection: Connection, now: int) -> bool:
    """Whether there may be something to send; what waits behind another counts too."""
    query = select(_D.event_id).where(_D.state == WAITING, _D.next_attempt_at <= now).limit(1)
    return connection.execute(query).first() is not None


def claim(
    connection: Connection,
    endpoints: Collection[str],
    *,
    now: int,
    system_now: int,
    at_most: int,
) -> list[Delivery]:
    """What is due at ``endpoints``, leased to the caller, the longest due first; each customer
    once an endpoint."""
    d = outgoing_deliveries
    earlier = outgoing_deliveries.alias("earlier")
    blocked = (
        select(earlier.c.event_id)
        .where(
            earlier.c.endpoint == d.c.endpoint,
            earlier.c.customer_id == d.c.customer_id,
            earlier.c.state == WAITING,
            earlier.c.sequence < d.c.sequence,
            earlier.c.alone.is_(False),
        )
        .exists()
    )
    query = (
        select(d.c.event_id, d.c.endpoint)
        .where(
            d.c.state == WAITING,
            d.c.next_attempt_at <= now,
            d.c.endpoint.in_(sorted(endpoints)),
            (d.c.leased_until.is_(None)) | (d.c.leased_until <= system_now),
            d.c.alone.is_(True) | ~blocked,
        )
        .order_by(d.c.next_attempt_at)  # as the index has it: a long queue is not sorted
        .limit(at_most)
        .with_for_update(skip_locked=True, of=d)
    )
    keys = [tuple(row) for row in connection.execute(query)]
    return _leased(connection, keys, system_now + LEASE) if keys else []


def _leased(connection: Connection, keys: Sequence[tuple[str, str]], until: int) -> list[Delivery]:
    wanted = tuple_(_D.event_id, _D.endpoint).in_(keys)
    connection.execute(update(outgoing_deliveries).where(wanted).values(leased_until=until))
    query = (
        select(
            *(_D.event_id, _D.endpoint, _D.customer_id, _D.sequence, _D.attempts),
            outgoing_events.c.payload,
        )
        .join(outgoing_events, outgoing_events.c.event_id == _D.event_id)
        .where(wanted)
    )
    found = {(row[0], row[1]): Delivery(*row) for row in connection.execute(query)}
    return [found[key] for key in keys]


def settle(connection: Connection, fates: Sequence[Fate]) -> None:
    """Keep what became of attempts. One that another has settled meanwhile stays as it is."""
    for fate in fates:
        delivery = fate.delivery
        values = {
            "state": fate.state or "waiting",
            "attempts": delivery.attempts + 1,
            "next_attempt_at": fate.next_attempt_at,
            "leased_until": None,
            "done_at": fate.at if fate.state else None,
            "status": fate.status,
            "reason": fate.reason,
        }
        connection.execute(
            update(outgoing_deliveries).where(*_key(delivery), _D.state == WAITING).values(values)
        )
        if fate.next_attempt_at is not None:
            _postpone(connection, delivery, fate.next_attempt_at)


def _postpone(connection: Connection, delivery: Delivery, until: int) -> None:
    """What waits behind it need not be looked at before."""
    connection.execute(
        update(outgoing_deliveries)
        .where(
            _D.endpoint == delivery.endpoint,
            _D.customer_id == delivery.customer_id,
            _D.state == WAITING,
            _D.alone.is_(False),
            _D.sequence > delivery.sequence,
            _D.next_attempt_at < until,
        )
        .values(next_attempt_at=until)
    )


def release(connection: Connection, deliveries: Sequence[Delivery]) -> None:
    """Give back what was not sent after all."""
    for delivery in deliveries:
        connection.execute(
            update(outgoing_deliveries)
            .where(*_key(delivery), _D.state == WAITING)
            .values(leased_until=None)
        )


def _key(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    return (_D.event_id == delivery.event_id, _D.endpoint == delivery.endpoint)


def send_again(
    connection: Connection, now: int, *, event_id: str | None = None, endpoint: str | None = None
) -> int:
    """Make deliveries wait anew, due at once; gives how many.

    ``event_id``: that event at every endpoint (or only at ``endpoint``), whatever became of it.
    ``endpoint`` alone: its dead letters. What was done before is sent on its own: the customer's
    later events do not wait for it. What still waits is due at once, in its turn.
    """
    where = [] if event_id is None else [_D.event_id == event_id]
    if endpoint is not None:
        where.append(_D.endpoint == endpoint)
    if event_id is None:
        where.append(_D.state == "dead")
    done = _D.state != WAITING
    changed = connection.execute(
        update(outgoing_deliveries)
        .where(*where)
        .values(
            state="waiting",
            alone=case((done, True), else_=_D.alone),
            attempts=case((done, 0), else_=_D.attempts),
            next_attempt_at=now,
            done_at=None,
        )
    )
    return int(changed.rowcount)


def prune(connection: Connection, before: int, at_most: int) -> int:
    """Forget events made before ``before`` that every endpoint took; gives how many.

    What waits or was given up stays, whatever its age, and so does what is known to be told.
    """
    owed = select(_D.event_id).where(
        _D.event_id == outgoing_events.c.event_id, _D.state != "delivered"
    )
    old = (
        select(outgoing_events.c.event_id)
        .where(outgoing_events.c.created_at < before, ~owed.exists())
        .order_by(outgoing_events.c.created_at)
        .limit(at_most)
    )
    names = [row[0] for row in connection.execute(old)]
    if names:
        for table in (outgoing_deliveries, outgoing_events):
            connection.execute(delete(table).where(table.c.event_id.in_(names)))
    return len(names)
