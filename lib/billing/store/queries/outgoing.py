"""How the product is kept informed: what waits, what was delivered, what was given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, RowMapping, Select, case, func, select

from ..deliveries import WAITING
from ..tables import outgoing_deliveries, outgoing_events
from .columns import bounded, by_bytes

_D: Final = outgoing_deliveries.c
_E: Final = outgoing_events.c

_DEAD: Final = (_D.state == "dead", _D.done_at.is_not(None))
_COLUMNS: Final = (
    _E.event_id,
    _E.type,
    _E.customer_id,
    _E.sequence,
    _D.endpoint,
    _D.state,
    _D.attempts,
    _D.status,
    _D.reason,
    _E.occurred_at,
    _E.created_at,
    _D.next_attempt_at,
    _D.done_at,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One endpoint's deliveries. Times are unix seconds; None = there is none."""

    endpoint: str
    waiting: int = 0
    failing: int = 0  # of those that wait, tried in vain so far
    delivered: int = 0
    dead: int = 0
    oldest_at: int | None = None  # when the oldest one that waits was made
    next_attempt_at: int | None = None  # of those that were tried in vain
    reason: str | None = None  # of one of those


def by_endpoint(connection: Connection, delivered_since: int) -> dict[str, Told]:
    """Every endpoint that anything was ever meant for; ``delivered`` counts from that second on."""
    waiting = _waiting(connection)
    counted = {}
    for state, since in (("delivered", delivered_since), ("dead", 0)):
        query = (
            select(_D.endpoint, func.count())
            .where(_D.state == state, _D.done_at >= since)
            .group_by(_D.endpoint)
        )
        counted[state] = {name: int(count) for name, count in connection.execute(query)}
    found = {}
    for name in sorted({*waiting, *counted["delivered"], *counted["dead"]}):
        row = waiting.get(name)
        found[name] = Told(
            endpoint=name,
            waiting=row.waiting if row else 0,
            failing=row.failing if row else 0,
            delivered=counted["delivered"].get(name, 0),
            dead=counted["dead"].get(name, 0),
            oldest_at=row.oldest_at if row else None,
            next_attempt_at=row.next_attempt_at if row else None,
            reason=row.reason if row else None,
        )
    return found


def _waiting(connection: Connection) -> dict[str, Row[Any]]:
    tried = _D.attempts > 0
    query = (
        select(
            _D.endpoint,
            func.count().label("waiting"),
            func.count(case((tried, 1))).label("failing"),
            func.min(_E.created_at).label("oldest_at"),
            func.min(case((tried, _D.next_attempt_at))).label("next_attempt_at"),
            func.min(_D.reason).label("reason"),
        )
        .join(outgoing_events, _E.event_id == _D.event_id)
        .where(_D.state == WAITING)
        .group_by(_D.endpoint)
    )
    return {row.endpoint: row for row in connection.execute(query)}


def dead_letters(connection: Connection, limit: int, offset: int) -> list[RowMapping]:
    """One page of what was given up, the latest first."""
    query = _joined().where(*_DEAD)
    query = query.order_by(_D.done_at.desc(), by_bytes(_D.event_id), by_bytes(_D.endpoint))
    return list(connection.execute(query.limit(limit).offset(offset)).mappings())


def count_dead(connection: Connection) -> int:
    query = select(func.count()).select_from(outgoing_deliveries).where(*_DEAD)
    return int(connection.execute(query).scalar_one())


def deliveries_of(connection: Connection, event_id: str) -> dict[str, str]:
    """The state of one event at each endpoint that it is meant for."""
    query = select(_D.endpoint, _D.state).where(_D.event_id == event_id)
    return {endpoint: state for endpoint, state in connection.execute(query)}


def dead_at(connection: Connection, endpoint: str) -> bool:
    """Whether anything meant for ``endpoint`` was given up."""
    query = select(_D.event_id).where(*_DEAD, _D.endpoint == endpoint).limit(1)
    return connection.execute(query).first() is not None


def every_delivery(
    connection: Connection, starts: int | None, ends: int | None
) -> Iterator[RowMapping]:
    """Every delivery of events made in ``starts <= created_at < ends``, by customer and order."""
    query = bounded(_joined(), _E.created_at, starts, ends)
    query = query.order_by(
        _E.created_at, by_bytes(_E.customer_id), _E.sequence, by_bytes(_D.endpoint)
    )
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def latest(
    connection: Connection, *, state: str | None, endpoint: str | None, limit: int
) -> list[RowMapping]:
    """The latest deliveries, narrowed where asked."""
    query = _joined().order_by(_E.created_at.desc(), by_bytes(_E.customer_id), _E.sequence.desc())
    if state is not None:
        query = query.where(_D.state == state)
    if endpoint is not None:
        query = query.where(_D.endpoint == endpoint)
    return list(connection.execute(query.limit(limit)).mappings())


def _joined() -> Select[Any]:
    return select(*_COLUMNS).join(outgoing_deliveries, _D.event_id == _E.event_id)
