"""What is remembered for staff: the dashboard only adds rows, and the newest of one person's name
counts. A visit is kept every ten minutes, so `serve` takes away what counts no more."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select

from .tables import staff_choices

c = staff_choices.c
_newer = staff_choices.alias("newer").c


def add(connection: Connection, staff: str, name: str, value: str, now: int) -> None:
    connection.execute(insert(staff_choices).values(at=now, staff=staff, name=name, value=value))


def of(connection: Connection, staff: str) -> dict[str, str]:
    """The newest value of each name that ``staff`` has chosen."""
    newest = select(func.max(c.choice_id)).where(c.staff == staff).group_by(c.name)
    rows = connection.execute(select(c.name, c.value).where(c.choice_id.in_(newest)))
    return {row.name: row.value for row in rows}


def tidy(connection: Connection, at_most: int) -> int:
    """Take away rows that count no more; gives how many."""
    replaced = (
        select(_newer.choice_id)
        .where(_newer.staff == c.staff, _newer.name == c.name, _newer.choice_id > c.choice_id)
        .exists()
    )
    old = connection.scalars(
        select(c.choice_id).where(replaced).order_by(c.choice_id).limit(at_most)
    ).all()
    if old:
        connection.execute(delete(staff_choices).where(c.choice_id.in_(old)))
    return len(old)
