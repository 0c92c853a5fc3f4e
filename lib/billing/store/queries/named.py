"""Who a list is narrowed to by what somebody typed, by the indices of the search.

What few hold is looked up there, and the list is asked for those customers and objects. What more
than :func:`most` hold is looked for in the rows themselves, along the list's order, and the name of
each is looked up on the way: the page is full before many of them are read.
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
    Select,
    Subquery,
    Table,
    Text,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)

from ...domain.filters import Filters
from ...domain.search import ID_BARE, ID_BEGINS, Wanted, wanted
from ..tables import customers as c
from .columns import contains
from .search import IDS, KINDS, common_pieces, parts_of

MOST: Final = 20_000
"""Objects that are looked up before they are looked for in the rows."""

MOST_GATHERED: Final = 3_000
"""The same on PostgreSQL, whose index gives no row before it has gathered all. Beyond, of a million
customers one in some three hundred is wanted: a page is found in fewer rows than these have."""

FEW: Final = 50
"""Ids that are handed over one by one."""

SEEN: Final = 50
"""Rows of the list that are counted of what more than those hold: a page of them."""

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

    def rows_of(self, table: Table) -> Subquery | None:
        """The rows of ``table`` that belong to it, looked up id by id; None where databases do
        that by themselves. PostgreSQL takes the rows of a customer for many more than they are,
        and would sooner walk the whole list."""
        if self.sqlite or not self.every:
            return None
        columns = [
            (table.c[name], ids) for name, ids in self.ids.items() if name in table.c and ids
        ]
        each = [_looked_up(table, column, ids) for column, ids in columns]
        if not each:
            return None
        return (each[0] if len(each) == 1 else union(*each)).subquery()

    def _in(self, column: Column, ids: tuple[str, ...]) -> Condition:
        if len(ids) <= FEW:
            return column.in_(ids)
        if self.sqlite:
            listed = func.json_each(json.dumps(ids)).table_valued("value")
            return column.in_(select(listed.c.value))
        return column == any_(bindparam(None, list(ids), type_=ARRAY(Text)))


def _looked_up(table: Table, column: Column, ids: tuple[str, ...]) -> Select[Any]:
    given = func.unnest(bindparam(None, list(ids), type_=ARRAY(Text)))
    one = given.table_valued("id").render_derived()
    # The offset is what keeps the lookup from being made a join of another kind.
    its = select(table).where(column == one.c.id).offset(literal_column("0")).lateral()
    return select(its).select_from(one.join(its, true()))


def wanted_by(connection: Connection, filters: Filters) -> Named | None:
    """What a list's text finds; None also where it has none, and where all that many hold is
    counted: then the rows are joined with the names once."""
    if not filters.text:
        return None
    found = find(connection, filters.text)
    return None if filters.exact and not found.every else found


def most(connection: Connection) -> int:
    """See `MOST`."""
    return MOST if connection.dialect.name == "sqlite" else MOST_GATHERED


def find(connection: Connection, text: str, *, at_most: int | None = None) -> Named:
    """Whom ``text`` names; ``every`` only where no more than ``at_most`` were found, or
    :func:`most`."""
    sqlite, sought = connection.dialect.name == "sqlite", wanted(text)
    if sought.trouble is not None:
        return Named({}, True, sqlite)
    pieces = common_pieces(connection, sought)
    common = (sought.text if sought.inside else sought.beginning) in pieces
    at_once, limit = sought.inside and not common, SOME if common else at_most or most(connection)
    parts: list[str] = []
    parameters: list[Any] = []
    for part, values in parts_of(connection, sought, pieces, at_once):
        parts.append(f"SELECT * FROM ({part} LIMIT {limit + 1}) AS part")  # noqa: S608
        parameters += values
    statement = (
        "SELECT DISTINCT customer_id, kind, object_id "  # noqa: S608 - the pieces are ours
        f"FROM ({' UNION ALL '.join(parts)}) AS found LIMIT {limit + 1}"
    )
    rows = connection.exec_driver_sql(statement, tuple(parameters)).fetchall()
    return Named(_by_column(rows), len(rows) <= limit, sqlite)


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
    """Rows of whom ``text`` names: by ``ids``, the customer's first, where all of those are known,
    else by what the columns hold."""
    if found is None:
        return like(text, *others, *ids)
    if found.every:
        return found.among(*ids)
    whose = c.alias("whose")
    told = [whose.c[str(column.key)] for column in others if column.table is c]
    called = select(like(text, *told)).where(whose.c.customer_id == ids[0]).scalar_subquery()
    own = [column for column in others if column.table is not c]
    # A value, not a join: left to choose, PostgreSQL joins every customer before it looks.
    return or_(like(text, *ids, *own), called)


def joins_customers(found: Named | None, text: str) -> bool:
    """Whether :func:`condition` needs the customers among the list's tables."""
    return bool(text) and found is None
