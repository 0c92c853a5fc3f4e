"""What staff wrote about customers: append-only, corrected by writing again."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from ..domain.staff_notes import StaffNote
from .tables import notes

n = notes.c
_COLUMNS = (n.note_id, n.customer_id, n.staff, n.created_at, n.body)


def add(connection: Connection, customer_id: str, staff: str, body: str, now: int) -> int:
    """A new note, by its number."""
    row = insert(notes).values(customer_id=customer_id, staff=staff, created_at=now, body=body)
    return int(connection.execute(row.returning(n.note_id)).scalar_one())


def same_since(
    connection: Connection, customer_id: str, staff: str, body: str, since: int
) -> int | None:
    """The number of this very note, if it was written after the second ``since``."""
    query = select(n.note_id).where(
        n.customer_id == customer_id, n.staff == staff, n.body == body, n.created_at > since
    )
    found = connection.execute(query.limit(1)).scalar()
    return None if found is None else int(found)


def of_customer(
    connection: Connection, customer_id: str, *, limit: int, offset: int = 0
) -> list[StaffNote]:
    """One page of a customer's notes, the latest first."""
    query = (
        select(*_COLUMNS)
        .where(n.customer_id == customer_id)
        .order_by(n.note_id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [StaffNote(**row) for row in connection.execute(query).mappings()]


def count(connection: Connection, customer_id: str) -> int:
    query = select(func.count()).select_from(notes).where(n.customer_id == customer_id)
    return int(connection.execute(query).scalar_one())
