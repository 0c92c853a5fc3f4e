"""Small pieces that several queries share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Join, Select, Text, and_, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from ...domain.filters import Filters
from ...domain.providers import PREFIXES
from ...domain.rows import CustomerRow, EntitlementRow, InvoiceRow, MovementRow, SubscriptionRow
from ..spelling import read

Value = TypeVar("Value", CustomerRow, EntitlementRow, InvoiceRow, MovementRow, SubscriptionRow)

_JSON: Final = frozenset({"features", "limits", "grants", "items"})

QUARTER_HOUR: Final = 900
"""Every time zone's midnight falls on a quarter of an hour, so sums over quarters of an hour add
up to any business day, and the databases need no calendar."""


class by_bytes(FunctionElement[str]):
    """Text ordered byte by byte, whatever the database's locale, so that reports are stable."""

    type = Text()
    name = "by_bytes"
    inherit_cache = True


@compiles(by_bytes)
def _plain(element: by_bytes, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(by_bytes, "postgresql")
def _with_collation(element: by_bytes, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({compiler.process(element.clauses, **kw)}) COLLATE "C"'


class first_found(FunctionElement[str]):
    """A column of the table that is read first: SQLite may not look that one up by it.

    It knows nothing of how often a value is in a column, and takes an index that has the value
    before one that has the order, even where every other row has it.
    """

    type = Text()
    name = "first_found"
    inherit_cache = True


@compiles(first_found)
def _unchanged(element: first_found, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(first_found, "sqlite")
def _with_a_plus(element: first_found, compiler: SQLCompiler, **kw: Any) -> str:
    return f"+{compiler.process(element.clauses, **kw)}"


class in_turn(Join):
    """A join in which SQLite reads the left table first, whatever it expects of the right one."""

    inherit_cache = True


@compiles(in_turn)
def _in_any_turn(element: in_turn, compiler: SQLCompiler, **kw: Any) -> str:
    return str(compiler.visit_join(element, **kw))  # type: ignore[no-untyped-call]


@compiles(in_turn, "sqlite")
def _crossed(element: in_turn, compiler: SQLCompiler, **kw: Any) -> str:
    return _in_any_turn(element, compiler, **kw).replace(" JOIN ", " CROSS JOIN ", 1)


def value_of(cls: type[Value], row: Mapping[Any, Any]) -> Value:
    """A row of a derived table as its value."""
    return cls(
        **{f.name: read(row[f.name]) if f.name in _JSON else row[f.name] for f in fields(cls)}
    )


def of_stripe(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the id is one of Stripe's; see `domain.providers`."""
    return and_(*(~column.startswith(prefix, autoescape=True) for prefix in PREFIXES))


def contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Case-blind part match. SQLite folds only ASCII, so other text also matches as written."""
    folded = func.lower(column).contains(text.lower(), autoescape=True)
    return folded if text.isascii() else or_(folded, column.contains(text, autoescape=True))


def any_contains(columns: Iterable[ColumnElement[Any]], text: str) -> ColumnElement[bool]:
    return or_(*(contains(column, text) for column in columns))


def one_of_intervals(
    interval: ColumnElement[Any], count: ColumnElement[Any], wanted: Iterable[str]
) -> ColumnElement[bool]:
    """Whether the billing interval is one of ``wanted``, each "month" or "3 month"."""
    choices = []
    for name in wanted:
        number, _, unit = name.rpartition(" ")
        times = int(number) if number.isdecimal() else 1
        choices.append(and_(interval == unit, func.coalesce(count, 1) == times))
    return or_(*choices)


def one_of_plans(plan: ColumnElement[Any], wanted: Iterable[str]) -> ColumnElement[bool]:
    """Whether the plan is one of ``wanted``; "" means that the catalogue does not know it."""
    slugs = set(wanted)
    known = plan.in_(sorted(slugs - {""}))
    return or_(known, plan.is_(None)) if "" in slugs else known


def bounded(
    query: Select[Any], column: ColumnElement[Any], starts: int | None, ends: int | None
) -> Select[Any]:
    """``query`` with ``starts <= column < ends``, each end only where it is given."""
    if starts is not None:
        query = query.where(column >= starts)
    if ends is not None:
        query = query.where(column < ends)
    return query


def ordered(
    query: Select[Any],
    filters: Filters,
    columns: Mapping[str, ColumnElement[Any]],
    default: tuple[ColumnElement[Any], ...],
    tie: ColumnElement[Any],
) -> Select[Any]:
    """``query`` sorted as ``filters`` ask, unknown values last, ties by id; then its page."""
    chosen = columns.get(filters.sort)
    if chosen is None:
        query = query.order_by(*default, tie)
    else:
        direction = chosen.desc() if filters.descending else chosen.asc()
        query = query.order_by(direction.nulls_last(), tie)
    limit, offset = filters.page
    return query.limit(limit).offset(offset)


def among(query: Select[Any], *wanted: tuple[ColumnElement[Any], Collection[str]]) -> Select[Any]:
    """``query`` narrowed to rows whose columns hold one of the values; no values narrow nothing."""
    for column, values in wanted:
        if values:
            query = query.where(column.in_(values))
    return query
