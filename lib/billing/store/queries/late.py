"""A name that many have, looked at in a list's rows only when they are joined and in order.

Left to itself a database looks at the name first, in each row of the longest table: where the
order has no index that it could stop in, that is everybody's name for one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from .named import like

Column = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Late:
    """``ids``: columns of the list, the customer's among them, by which ``others`` are looked up:
    columns of tables that have one of these as their key."""

    text: str
    ids: tuple[Column, ...]
    others: tuple[Column, ...]

    def of(self, rows: Select[Any]) -> Select[Any]:
        """Those of ``rows`` whom the text names, with all their columns and the ids."""
        held = {str(column.key): column for column in self.ids}
        missing = [column for key, column in held.items() if key not in rows.selected_columns]
        # The offset is what keeps the condition from being moved to where the rows come from.
        fenced = rows.add_columns(*missing).offset(0).subquery().c
        told = [like(self.text, *(fenced[key] for key in held))]
        for table in dict.fromkeys(column.table for column in self.others):
            (key,) = table.primary_key.columns
            own = [column for column in self.others if column.table is table]
            found = select(like(self.text, *own)).where(key == fenced[str(key.key)])
            told.append(found.scalar_subquery())
        return select(*fenced).where(or_(*told))
