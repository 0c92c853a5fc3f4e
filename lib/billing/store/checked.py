"""What was found by looking at every row, and when: kept, for nobody waits for it at a page."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from . import dialect, meta
from .tables import checked, rollups


class Checked(NamedTuple):
    """``watermark``: of the projection that was looked at."""

    at: int
    watermark: str
    result: str


def load(connection: Connection, name: str) -> Checked | None:
    """The last one of that name."""
    query = select(checked.c.at, checked.c.watermark, checked.c.result)
    row = connection.execute(query.where(checked.c.name == name)).first()
    return None if row is None else Checked(int(row.at), str(row.watermark), str(row.result))


def save(connection: Connection, name: str, found: Checked) -> None:
    dialect.upsert(connection, checked, [(name, *found)])


def watermark(connection: Connection) -> str:
    return meta.get(connection, meta.WATERMARK) or ""


def movements(connection: Connection, policy: str) -> int:
    """How many movements there are, from the sums that are kept."""
    query = select(func.coalesce(func.sum(rollups.c.customers), 0)).where(
        rollups.c.kind == "movement", rollups.c.policy == policy
    )
    return int(connection.scalar(query) or 0)
