"""Stretches of time as a table that queries join: business months need no calendar in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import CTE, BigInteger, ColumnElement, and_, column, values


class Span(NamedTuple):
    """``starts <= second < ends``, unix seconds."""

    starts: int
    ends: int


def table_of(spans: Sequence[Span], name: str = "spans") -> CTE:
    """``n, starts, ends``; ``n`` counts from 0 in the given order. There must be at least one."""
    rows = [(n, span.starts, span.ends) for n, span in enumerate(spans)]
    columns = (column("n", BigInteger), column("starts", BigInteger), column("ends", BigInteger))
    return values(*columns, name=f"{name}_values").data(rows).cte(name)


def within(second: ColumnElement[int], spans: CTE) -> ColumnElement[bool]:
    """Whether ``second`` lies in a span."""
    return and_(second >= spans.c.starts, second < spans.c.ends)
