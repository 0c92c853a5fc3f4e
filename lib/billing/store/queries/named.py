"""Who a list is narrowed to by what somebody typed, by the indices of the search.

What few hold is looked up there, and the list is asked for those customers and objects. What more
than `MOST` hold is looked for in the rows themselves, along the list's order: the page is full
before many of them are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, false, func, or_

from ...domain.filters import Filters
from ...domain.search import ID_BARE, ID_BEGINS, Wanted, wanted
from .columns import contains
from .search import IDS, KINDS, common_pieces, parts_of

MOST: Final = 2_000
"""Objects that are looked up before they are looked for in the rows."""

Column = ColumnElement[Any]
Condition = ColumnElement[bool]
_HEADS: Final = {column: head for _, _, column, head in IDS}


@dataclass(frozen=True, slots=True)
class Named:
    """What was found: ids by the column that has them."""

    ids: dict[str, tuple[str, ...]]

    def among(self, *columns: Column) -> Condition:
        """Rows that any of ``columns`` says belong to it; columns are known by their names."""
        held = [(column, self.ids.get(str(column.key), ())) for column in columns]
        return or_(false(), *(column.in_(ids) for column, ids in held if ids))


def wanted_by(connection: Connection, filters: Filters) -> Named | None:
    """What a list's text finds; None also where it has none."""
    return find(connection, filters.text) if filters.text else None


def find(connection: Connection, text: str) -> Named | None:
    """None where so many hold it that their ids are not gathered."""
    sought = wanted(text)
    if sought.trouble is not None:
        return Named({})
    common = common_pieces(connection, sought)
    if (sought.text if sought.inside else sought.beginning) in common:
        return None
    parts: list[str] = []
    parameters: list[Any] = []
    for part, values in parts_of(connection, sought, common, sought.inside):
        parts.append(f"SELECT * FROM ({part} LIMIT {MOST + 1}) AS part")  # noqa: S608
        parameters += values
    statement = (
        "SELECT DISTINCT customer_id, kind, object_id "  # noqa: S608 - the pieces are ours
        f"FROM ({' UNION ALL '.join(parts)}) AS found LIMIT {MOST + 1}"
    )
    rows = connection.exec_driver_sql(statement, tuple(parameters)).fetchall()
    return None if len(rows) > MOST else Named(_by_column(rows))


def _by_column(rows: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    kinds = {number: name for name, number in KINDS.items()}
    found: dict[str, set[str]] = {}
    for customer_id, number, object_id in rows:
        kind = kinds[number]
        if kind.startswith("customer"):
            found.setdefault("customer_id", set()).add(customer_id)
        else:
            column = "subscription_id" if kind == "subscription" else "invoice_id"
            found.setdefault(column, set()).add(object_id)
    return {column: tuple(sorted(ids)) for column, ids in found.items()}


def like(text: str, *columns: Column) -> Condition:
    """The same of the rows themselves, where no index is asked. Ids match from their beginning,
    with or without their head; the middle of other columns where `Wanted.inside` says so."""
    sought = wanted(text)
    return or_(false(), *(held for column in columns for held in _held(column, text, sought)))


def _held(column: Column, text: str, sought: Wanted) -> Iterable[Condition]:
    head = _HEADS.get(str(column.key))
    if head is None:
        if sought.inside:
            yield contains(column, text)
        else:
            yield func.lower(column).startswith(text.lower(), autoescape=True)
        return
    if len(sought.text) >= ID_BEGINS:
        yield func.lower(column).startswith(sought.text, autoescape=True)
    if len(sought.text) >= ID_BARE:
        yield func.lower(column).startswith(head + sought.text, autoescape=True)
