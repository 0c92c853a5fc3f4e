"""How current the projection is."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from ..tables import inbox, meta


def read_meta(connection: Connection) -> dict[str, str]:
    """Every key of the meta table: watermark, last_webhook_at, last_event_at and cursors."""
    return {row.key: row.value for row in connection.execute(select(meta.c.key, meta.c.value))}


def count_failed(connection: Connection) -> int:
    """Events kept as failed."""
    query = select(func.count()).select_from(inbox).where(inbox.c.state == "failed")
    return int(connection.execute(query).scalar_one())
