"""Which event a delivery brought, for senders that name their deliveries.

The name stays the same over every attempt. What comes under a name that another event came under
is a repetition, whatever its body says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from . import dialect
from .tables import deliveries

REMEMBERED: Final = 7 * 86_400
"""Seconds: far beyond the last attempt of any sender."""


def admit(connection: Connection, named: Mapping[str, str], now: int) -> set[str]:
    """Keep delivery id -> event id; gives the deliveries whose event is the first of their name."""
    if not named:
        return set()
    sign = dialect.mark(connection)
    connection.exec_driver_sql(
        f"DELETE FROM deliveries WHERE received_at < {sign}",  # noqa: S608 - no input
        (now - REMEMBERED,),
    )
    ordered = sorted(named)
    # Another receiver that brings the same name waits here, and then finds it taken.
    rows = [(delivery_id, named[delivery_id], now) for delivery_id in ordered]
    dialect.insert_new(connection, deliveries, rows)
    condition = dialect.among(connection, "delivery_id")
    found = dialect.fetch(
        connection,
        f"SELECT delivery_id, event_id FROM deliveries WHERE {condition}",  # noqa: S608 - no input
        dialect.keys(connection, ordered),
    )
    return {row[0] for row in found if named[row[0]] == row[1]}
