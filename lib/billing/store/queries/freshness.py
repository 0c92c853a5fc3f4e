"""How current the projection is."""

from __future__ import annotations

from sqlalchemy import Connection, Text, cast, func, null, select

from ..tables import inbox, meta


def read_meta(connection: Connection) -> dict[str, str]:
    """Every key of the meta table: watermark, last_webhook_at, last_event_at and cursors."""
    return {row.key: row.value for row in connection.execute(select(meta.c.key, meta.c.value))}


def read_at_once(connection: Connection) -> tuple[dict[str, str], int]:
    """:func:`read_meta` and the number of events kept as failed, in one statement: every page asks
    for them several times."""
    failed = select(null().label("key"), cast(func.count(), Text).label("value")).where(
        inbox.c.state == "failed"
    )
    query = select(meta.c.key, meta.c.value).union_all(failed.select_from(inbox))
    kept = {row.key: row.value for row in connection.execute(query)}
    return kept, int(kept.pop(None))
