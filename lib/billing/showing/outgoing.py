"""From stored deliveries to what the Outgoing board shows."""

from __future__ import annotations

from ..domain.outgoing_reasons import reason_in_words
from ..domain.times import DAY
from ..settings.setup import Setup
from ..store.queries import outgoing
from ..store.queries.outgoing import Told
from ..store.queries.reading import Reader
from .outgoing_views import DeadLetter, EndpointState
from .views import Listing


def endpoints(reader: Reader, setup: Setup, now: int) -> list[EndpointState]:
    """Those that are configured in their order, then those that were and are still owed events."""
    with reader.open() as connection:
        told = outgoing.by_endpoint(connection, now - DAY)
    hosts = {endpoint.name: endpoint.host for endpoint in setup.outgoing}
    left = [name for name, each in told.items() if each.waiting or each.dead]
    names = dict.fromkeys([*hosts, *left])
    return [_state(told.get(name) or Told(name), hosts.get(name)) for name in names]


def _state(told: Told, host: str | None) -> EndpointState:
    return EndpointState(
        name=told.endpoint,
        host=host,
        waiting=told.waiting,
        failing=told.failing,
        delivered=told.delivered,
        dead=told.dead,
        oldest_at=told.oldest_at,
        next_attempt_at=told.next_attempt_at,
        reason=reason_in_words(told.reason),
    )


def dead_letters(reader: Reader, limit: int, offset: int) -> Listing[DeadLetter]:
    """One page, the latest given up first."""
    with reader.open() as connection:
        total = outgoing.count_dead(connection)
        rows = outgoing.dead_letters(connection, limit, offset)
    letters = tuple(
        DeadLetter(
            event_id=row["event_id"],
            type=row["type"],
            customer_id=row["customer_id"],
            endpoint=row["endpoint"],
            created_at=row["created_at"],
            done_at=row["done_at"],
            attempts=row["attempts"],
            reason=reason_in_words(row["reason"]),
        )
        for row in rows
    )
    return Listing(letters, total, (), (), {})
