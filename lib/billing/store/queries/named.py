"""Who a list is narrowed to by what somebody typed, by the indices of the search.

What few hold is looked up there, and the list is asked for those customers and objects. What more
than `MOST` hold is looked for in the rows themselves, along the list's order: the page is full
before many of them are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Text,
    any_,
    bindparam,
    false,
    func,
    or_,
    select,
)

from ...domain.filters import Filters
from ...domain.search import ID_BARE, ID_BEGINS, Wanted, wanted
from .columns import contains
from .search import IDS, KINDS, common_pieces, parts_of

MOST: Final = 20_000
"""Objects that are looked up before they are looked for in the rows."""

FEW: Final = 50
"""Ids that are handed over one by one."""

SOME: Final = 500
"""Of so many the rows are counted first."""

Column = ColumnElement[Any]
Condition = ColumnElement[bool]
_HEADS: Final = {column: head for _, _, column, head in IDS}


Ids = dict[str, tuple[str, ...]]
"""By the name of the column that has them."""


@dataclass(frozen=True, slots=True)
class Named:
    """What was found. ``every``: nothing else is named so; else rows are looked at, `like`.

    ``sqlite``: how lists of ids are handed over.
    """

    ids: Ids
    every: bool
    sqlite: bool

    @property
    def some(self) -> Named | None:
        """A part of it, where it is much."""
        if sum(map(len, self.ids.values())) <= SOME and self.every:
            return None
        return Named({name: ids[:SOME] for name, ids in self.ids.items()}, True, self.sqlite)

    def among(self, *columns: Column) -> Condition:
        """Rows that any of ``columns`` says belong to it; columns are known by their names."""
        held = [(column, self.ids.get(str(column.key), ())) for column in columns]
        return or_(false(), *(self._in(column, ids) for column, ids in held if ids))

    def _in(self, column: Column, ids: tuple[str, ...]) -> Condition:
        if len(ids) <= FEW:
            return column.in_(ids)
        if self.sqlite:
            listed = func.json_each(json.dumps(ids)).table_valued("value")
            return column.in_(select(listed.c.value))
        return column == any_(bindparam(None, list(ids), type_=ARRAY(Text)))


def wanted_by(connection: Connection, filters: Filters) -> Named | None:
    """What a list's text finds; None also where it has none."""
    return find(connection, filters.text) if filters.text else None


def find(connection: Connection, text: str) -> Named:
    """Whom ``text`` names; ``every`` only where no more than `MOST` were found."""
    sqlite, sought = connection.dialect.name == "sqlite", wanted(text)
    if sought.trouble is not None:
        return Named({}, True, sqlite)
    pieces = common_pieces(connection, sought)
    common = (sought.text if sought.inside else sought.beginning) in pieces
    at_once, most = sought.inside and not common, SOME if common else MOST
    parts: list[str] = []
    parameters: list[Any] = []
    for part, values in parts_of(connection, sought, pieces, at_once):
        parts.append(f"SELECT * FROM ({part} LIMIT {most + 1}) AS part")  # noqa: S608
        parameters += values
    statement = (
        "SELECT DISTINCT customer_id, kind, object_id "  # noqa: S608 - the pieces are ours
        f"FROM ({' UNION ALL '.join(parts)}) AS found LIMIT {most + 1}"
    )
    rows = connection.exec_driver_sql(statement, tuple(parameters)).fetchall()
    return Named(_by_column(rows), len(rows) <= most, sqlite)


def _by_column(rows: Iterable[Any]) -> Ids:
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


def condition(
    found: Named | None, text: str, ids: tuple[Column, ...], others: tuple[Column, ...]
) -> Condition:
    """Rows of whom ``text`` names: by ``ids`` where all of those are known, else by what the
    columns hold."""
    if found is not None and found.every:
        return found.among(*ids)
    return like(text, *others, *ids)


def looks_at_rows(found: Named | None, text: str) -> bool:
    """Whether :func:`condition` needs the columns that ids do not tell."""
    return bool(text) and not (found is not None and found.every)
