"""Sending again what was given up, or was delivered and got lost at the other end."""

from __future__ import annotations

from ..domain.errors import NoSuchObject
from ..store import deliveries
from ..store.engine import Store
from ..store.queries import outgoing


def send_again(store: Store, now: int, *, event_id: str = "", endpoint: str = "") -> int:
    """Make deliveries due at once; gives how many.

    One event (at one endpoint or at all that it is meant for), else all dead letters of an
    endpoint. Raises NoSuchObject when there is nothing like it.
    """
    with store.writing() as connection:
        if event_id and not outgoing.deliveries_of(connection, event_id):
            raise NoSuchObject(f"No outgoing event has the id {event_id!r}. Take it from the list.")
        made = deliveries.send_again(
            connection, now, event_id=event_id or None, endpoint=endpoint or None
        )
        if not made:
            raise NoSuchObject(f"Nothing of {endpoint!r} was given up: there is nothing to send.")
        return made
