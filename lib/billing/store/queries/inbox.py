"""Every event that was stored, without its payload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, RowMapping, select

from ..tables import inbox
from .columns import bounded, by_bytes

_COLUMNS = (
    inbox.c.event_id,
    inbox.c.type,
    inbox.c.created_at,
    inbox.c.received_at,
    inbox.c.source,
    inbox.c.state,
    inbox.c.error,
    inbox.c.attempts,
    inbox.c.api_version,
    inbox.c.livemode,
    inbox.c.next_attempt_at,
)


def all_events(
    connection: Connection, starts: int | None, ends: int | None, states: Sequence[str] = ()
) -> Iterator[RowMapping]:
    """Every event created in ``starts <= created_at < ends``, by creation and then id.

    ``states``: only those; none means all.
    """
    query = bounded(select(*_COLUMNS), inbox.c.created_at, starts, ends)
    if states:
        query = query.where(inbox.c.state.in_(states))
    query = query.order_by(inbox.c.created_at, by_bytes(inbox.c.event_id))
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()
