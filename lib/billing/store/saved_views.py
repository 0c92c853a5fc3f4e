"""Saved views: rows are only added, and the newest of one person's name counts."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, or_, select

from ..domain.saved_views import SavedView
from .tables import saved_views

v = saved_views.c
_KEPT = "kept"
_GONE = "gone"


def add(connection: Connection, view: SavedView, now: int, *, kept: bool = True) -> None:
    """Keep ``view`` in place of an earlier one of the same person and name, or take it away."""
    connection.execute(
        insert(saved_views).values(
            at=now,
            staff=view.staff,
            name=view.name,
            page=view.page,
            query=view.query,
            shared=view.shared,
            state=_KEPT if kept else _GONE,
        )
    )


def seen_by(connection: Connection, staff: str) -> list[SavedView]:
    """One's own by name, then those that others share."""
    newest = select(func.max(v.view_id)).group_by(v.staff, v.name)
    query = (
        select(v.staff, v.name, v.page, v.query, v.shared)
        .where(v.view_id.in_(newest), v.state == _KEPT, or_(v.staff == staff, v.shared))
        .order_by(v.staff != staff, func.lower(v.name), v.name, v.staff)
    )
    return [SavedView(**row) for row in connection.execute(query).mappings()]
