"""Prices that live subscriptions have and the catalogue has not."""

from __future__ import annotations

from sqlalchemy import Connection, select

from .spelling import read
from .tables import subscriptions


def unresolved_prices(connection: Connection) -> list[str]:
    """Lookup keys, else price ids, sorted."""
    table = subscriptions.c
    rows = connection.execute(
        select(table["items"]).where(table.live, table.plan_resolved.is_(False))
    )
    return sorted(
        {
            item["lookup_key"] or item["price"]
            for row in rows
            for item in read(row[0])
            if item["plan"] is None
        }
    )
