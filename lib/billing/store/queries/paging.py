"""One page of a long list, found by walking an index and never by sorting the list.

Databases give up an index as soon as unknown values are to come last: an order is a row of
stretches, each of which has an index or is short, and they are asked one after the other. Only ids
are walked, so that the rows of earlier pages are passed over in the index alone. A page that lies
far behind begins after the last row of the one before it (`Filters.after`) instead of counting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Subquery,
    Table,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.sql.util import ClauseAdapter

from ...domain.filters import COUNTED, Filters, holdable
from ..tables import customers as c
from .columns import by_bytes, first_found
from .late import Late
from .named import SEEN, Named

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows ``where`` the condition holds, by ``key`` (never NULL there), then by id.

    ``source`` in place of the list's own tables, where the order begins in another one.
    """

    key: ColumnElement[Any] | None
    where: Condition | None = None
    descending: bool = False
    source: Any = None


Order = tuple[Stretch, ...]


def by(key: ColumnElement[Any], *, descending: bool = False, maybe: bool = True) -> Order:
    """By one column; where it ``maybe`` is unknown, such rows come last."""
    if not maybe:
        return (Stretch(key, None, descending),)
    return (Stretch(key, key.is_not(None), descending), Stretch(None, key.is_(None)))


@dataclass(frozen=True, slots=True)
class Only:
    """Whom a list is narrowed to, and its ``table`` that is looked up by their ids; without one it
    is left to the database."""

    found: Named | None = None
    table: Table | None = None

    def of(self, query: Select[Any]) -> Select[Any]:
        """``query`` of nothing but the rows that belong to them."""
        if self.found is None or self.table is None:
            return query
        rows = self.found.rows_of(self.table)
        return query if rows is None else ClauseAdapter(rows).traverse(query)

    @property
    def counted(self) -> int:
        """Rows that are counted."""
        return COUNTED if self.found is None or self.found.every else SEEN


EVERY_ROW: Final = Only()


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one page. ``last``: what `Filters.after` is on the page behind it; "" for none."""

    ids: tuple[str, ...]
    last: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Behind this row of that stretch."""

    stretch: int
    key: Any
    tie: str


def ids(
    connection: Connection,
    query: Select[Any],
    tie: ColumnElement[Any],
    order: Order,
    filters: Filters,
    only: Only = EVERY_ROW,
    late: Late | None = None,
) -> Ids:
    """``query``: the narrowed list; which columns it has is of no importance. ``late``: whom it is
    narrowed to when it is in order."""
    limit, passed = filters.page
    after = _place(filters, order)
    found: list[_Place] = []
    for n, stretch in enumerate(order):
        if len(found) == limit or (after is not None and n < after.stretch):
            continue
        behind = after if after is not None and n == after.stretch else None
        asked = _asked(query, tie, stretch, behind)
        page = _ordered(asked, list(asked.selected_columns), stretch)
        asked, page = only.of(asked), only.of(page)
        if late is not None:
            asked, page = late.of(asked), late.of(page)
            page = _ordered(page, list(page.selected_columns), stretch)
        page = page.limit(limit - len(found)).offset(passed)
        rows = [_Place(n, *row[:2]) for row in connection.execute(page)]
        if rows:
            passed = 0
        elif passed and stretch is not order[-1]:
            passed -= _count(connection, asked.limit(passed))
        found += rows
    last = ""
    if found:
        end = found[-1]
        last = json.dumps([_sort(filters), end.stretch, end.key, end.tie])
    return Ids(tuple(each.tie for each in found), last)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, and `Ids.last`."""

    rows: list[RowMapping]
    last: str


def looked_up(
    connection: Connection, shown: Select[Any], key: ColumnElement[Any], found: Ids
) -> Page:
    """The rows that ``shown`` gives of the ids of a page; ``key``, the id, is among its columns."""
    if not found.ids:
        return Page([], "")
    asked = connection.execute(shown.where(key.in_(found.ids))).mappings()
    rows = {str(row[key.key or ""]): row for row in asked}
    return Page([rows[each] for each in found.ids], found.last)


CALLED: Final = by_bytes(func.lower(func.coalesce(c.c.name, c.c.email, c.c.customer_id)))
"""How people call a customer."""


def by_customer(listed: Any, customer_id: ColumnElement[Any], *, descending: bool = False) -> Order:
    """By how the customer is called, who is looked for first; then those of nobody known.

    ``listed``: the list's tables, in which ``customer_id`` is.
    """
    whose = c.join(listed, customer_id == first_found(c.c.customer_id))
    known = c.alias("known")  # the list may be joined with the customers itself
    nobody = ~select(known.c.customer_id).where(known.c.customer_id == customer_id).exists()
    return (Stretch(CALLED, None, descending, whose), Stretch(None, nobody))


def counted(
    query: Select[Any], filters: Filters, along: ColumnElement[Any], only: Only = EVERY_ROW
) -> Subquery:
    """As much of the narrowed list as is counted and added up: all of it where it is short or
    ``filters`` want it exactly, else one row more than `Only.counted`. ``along``: the order that an
    index has; left to itself a database begins at the first row of the table, and may read them
    all."""
    looked_up = only.of(query)
    if filters.exact:
        return looked_up.subquery()
    # What is looked up by ids has no order that would spare reading all of it.
    some = looked_up if looked_up is not query else query.order_by(along)
    return some.limit(only.counted + 1).subquery()


def too_many(
    sums: Iterable[Mapping[Any, Any]], filters: Filters, found: Named | None = None
) -> bool:
    """Whether ``sums`` of what was :func:`counted` are not those of the whole list."""
    return not filters.exact and _rows(sums) > Only(found).counted


def total(sums: Iterable[Mapping[Any, Any]], *, capped: bool) -> int:
    """Rows that were counted; of ``capped`` ones there are more."""
    return _rows(sums) - capped


def _rows(sums: Iterable[Mapping[Any, Any]]) -> int:
    return sum(int(row["count"]) for row in sums)


Row = TypeVar("Row", bound=Mapping[Any, Any])


def of_named(
    sums: Callable[[Named | None], Sequence[Row]], found: Named | None, filters: Filters
) -> Sequence[Row]:
    """``sums`` of the list of whom the text names. Of many, those of some: they are enough where
    their rows alone are too many."""
    if found is not None and found.some is not None and not filters.exact:
        told = sums(found.some)
        if too_many(told, filters):
            return told
    return sums(found)


def _asked(
    query: Select[Any], tie: ColumnElement[Any], stretch: Stretch, behind: _Place | None
) -> Select[Any]:
    columns = (null() if stretch.key is None else stretch.key, tie)
    asked = query.with_only_columns(*columns, maintain_column_froms=False)
    if stretch.source is not None:
        narrowed = query.whereclause
        asked = select(*columns).select_from(stretch.source)
        asked = asked if narrowed is None else asked.where(narrowed)
    if stretch.where is not None:
        asked = asked.where(stretch.where)
    if behind is None:
        return asked
    if stretch.key is None:
        return asked.where(tie > behind.tie)
    down = stretch.descending
    onward = stretch.key < behind.key if down else stretch.key > behind.key
    bound = stretch.key <= behind.key if down else stretch.key >= behind.key
    # An index begins at the bound; the rest tells apart what is equal.
    return asked.where(bound, or_(onward, tie > behind.tie))


def _ordered(asked: Select[Any], columns: Sequence[Any], stretch: Stretch) -> Select[Any]:
    key, tie = columns[0], columns[1]
    if stretch.key is None:
        return asked.order_by(tie)
    return asked.order_by(key.desc() if stretch.descending else key.asc(), tie)


def _count(connection: Connection, asked: Select[Any]) -> int:
    return int(connection.scalar(select(func.count()).select_from(asked.subquery())) or 0)


def _place(filters: Filters, order: Order) -> _Place | None:
    """None for what no page of this order has given: an address can hold anything."""
    try:
        sort, stretch, key, tie = json.loads(filters.after)
        if sort != _sort(filters) or not _is(tie, str) or stretch < 0:
            return None
        kind = order[stretch].key
        fits = key is None if kind is None else _is(key, kind.type.python_type)
    except (ValueError, TypeError, IndexError, NotImplementedError, RecursionError):
        return None
    return _Place(stretch, key, tie) if fits else None


def _is(value: Any, kind: type[Any]) -> bool:
    """Whether it is one of those that a database can hold."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return False
    if isinstance(value, int):
        return abs(value) < 1 << 63
    return not isinstance(value, str) or holdable(value)


def _sort(filters: Filters) -> str:
    return f"{filters.sort} {filters.descending:d}"
