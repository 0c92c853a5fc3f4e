"""What is remembered for staff: rows are only added, and the newest of one person's name counts."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from .tables import staff_choices

c = staff_choices.c


def add(connection: Connection, staff: str, name: str, value: str, now: int) -> None:
    connection.execute(insert(staff_choices).values(at=now, staff=staff, name=name, value=value))


def of(connection: Connection, staff: str) -> dict[str, str]:
    """The newest value of each name that ``staff`` has chosen."""
    newest = select(func.max(c.choice_id)).where(c.staff == staff).group_by(c.name)
    rows = connection.execute(select(c.name, c.value).where(c.choice_id.in_(newest)))
    return {row.name: row.value for row in rows}
