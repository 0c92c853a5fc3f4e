"""Deliveries that are owed: kept in the store, so that a restart carries on with them."""

from __future__ import annotations

import sqlite3

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (event TEXT NOT NULL, endpoint TEXT NOT NULL,
  failed INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (event, endpoint)) WITHOUT ROWID
"""


class Outbox:
    """One row per event and endpoint until it is delivered; guarded by the sandbox's lock."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        db.execute(_SCHEMA)

    def add(self, rows: list[tuple[str, str]]) -> None:
        """(event, endpoint) pairs to deliver."""
        self._db.executemany(
            "INSERT OR REPLACE INTO deliveries (event, endpoint) VALUES (?, ?)", rows
        )

    def settle(self, event: str, endpoint: str, *, delivered: bool) -> None:
        """Forget a delivery that succeeded; remember one that was given up."""
        if delivered:
            query = "DELETE FROM deliveries WHERE event = ? AND endpoint = ?"
        else:
            query = "UPDATE deliveries SET failed = 1 WHERE event = ? AND endpoint = ?"
        self._db.execute(query, (event, endpoint))

    def owed(self) -> list[tuple[str, str, bool]]:
        """(event, endpoint, given up) in the order in which the events happened."""
        rows = self._db.execute(
            "SELECT d.event, d.endpoint, d.failed FROM deliveries d JOIN events e "
            "ON e.id = d.event ORDER BY e.seq"
        )
        return [(event, endpoint, bool(failed)) for event, endpoint, failed in rows]
