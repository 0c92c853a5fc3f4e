"""How many events arrived each day, and what became of them.

A repeat leaves no row of its own in the inbox, so this is the only place that counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection

from ..domain.times import DAY
from . import dialect


def add(connection: Connection, at: int, source: str, fates: Iterable[str]) -> None:
    """Count one batch that arrived at ``at``. Every writer wants these rows: call it late.

    One statement, its rows in one order for everyone, added to what is there whatever others add.
    """
    counted = sorted(Counter(fates).items())
    if not counted:
        return
    sign = dialect.mark(connection)
    values = ", ".join(f"({sign}, {sign}, {sign}, {sign})" for _ in counted)
    dialect.run(
        connection,
        f"INSERT INTO tallies (day, source, fate, events) VALUES {values} "  # noqa: S608 - no input
        "ON CONFLICT (day, source, fate) DO UPDATE SET events = tallies.events + excluded.events",
        *(cell for fate, events in counted for cell in (at // DAY * DAY, source, fate, events)),
    )
