"""What is watched: since when, and whether it is over its limit."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update

from . import dialect
from .tables import watches as w


def since(connection: Connection, name: str) -> int | None:
    """When ``name`` was first watched; None when it is not."""
    found: int | None = connection.execute(select(w.c.since).where(w.c.name == name)).scalar()
    return found


def keep(connection: Connection, prefix: str, names: Iterable[str], now: int) -> dict[str, int]:
    """Watch ``names`` and of ``prefix`` nothing else; since when each is.

    What was switched off begins anew when it is switched on again.
    """
    wanted = sorted(names)
    dialect.insert_new(connection, w, [(name, now, None) for name in wanted])
    of_prefix = w.c.name.startswith(prefix, autoescape=True)
    connection.execute(delete(w).where(of_prefix, w.c.name.not_in(wanted)))
    rows = connection.execute(select(w.c.name, w.c.since).where(of_prefix))
    return {row.name: row.since for row in rows}


def kept(connection: Connection, prefix: str) -> dict[str, int]:
    """What of ``prefix`` is watched, since when."""
    query = select(w.c.name, w.c.since).where(w.c.name.startswith(prefix, autoescape=True))
    return {row.name: row.since for row in connection.execute(query)}


def trip(connection: Connection, name: str, now: int) -> bool:
    """``name`` went over its limit: True the first time, until it is armed again."""
    which = update(w).where(w.c.name == name, w.c.tripped_at.is_(None))
    return connection.execute(which.values(tripped_at=now)).rowcount == 1


def arm(connection: Connection, name: str) -> None:
    """``name`` is back within its limit."""
    which = update(w).where(w.c.name == name, w.c.tripped_at.is_not(None))
    connection.execute(which.values(tripped_at=None))


def tripped(connection: Connection, name: str) -> bool:
    query = select(w.c.tripped_at).where(w.c.name == name)
    return connection.execute(query).scalar() is not None
