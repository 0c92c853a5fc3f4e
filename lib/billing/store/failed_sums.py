"""What failed payments add to the sums by day, added up by the database: `domain.failed_turns`."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from ..domain.turnover import Added, Turn, Turnover, add
from .queries import recovery
from .queries.roll_forward import EPOCH, local_day
from .tables import invoices as i


def summed(connection: Connection, timezone: str) -> Turnover:
    """Every sum of `domain.failed_turns`, of all invoices."""
    found: Turnover = {}
    undated = case((recovery.TOLD, 0), else_=recovery.ASKED)
    amounts = (recovery.ASKED, recovery.RECOVERED, recovery.LOST, undated)
    at = recovery.FAILED_AT
    for day, code, count, *minors in _by_day(connection, at, amounts, timezone, at.is_not(None)):
        for tag, minor in zip(("asked", "recovered", "lost", "undated"), minors, strict=True):
            turn = Turn("failed", day, "", code, tag)
            add(found, turn, Added(count if tag == "asked" else 0, minor))
    paid = at.is_not(None) & (recovery.RECOVERED > 0)
    for day, code, count, minor in _by_day(
        connection, i.c.paid_at, (recovery.RECOVERED,), timezone, paid
    ):
        add(found, Turn("recovered", day, "", code), Added(count, minor))
    return found


def _by_day(
    connection: Connection,
    at: ColumnElement[Any],
    amounts: tuple[ColumnElement[Any], ...],
    timezone: str,
    where: ColumnElement[bool],
) -> list[tuple[Any, ...]]:
    first, last = connection.execute(select(func.min(at), func.max(at))).one()
    span = (0, 1) if first is None else (int(first), int(last) + 1)
    named = [amount.label(f"minor_{n}") for n, amount in enumerate(amounts)]
    day = local_day(at, span, timezone).label("day")
    each = recovery.failed(i.c.currency, day, *named).where(where).subquery()
    keys = each.c.day, each.c.currency
    sums = [func.sum(each.c[column.name]) for column in named]
    return [
        (_iso(number), code, int(count), *map(int, minors))
        for number, code, count, *minors in connection.execute(
            select(*keys, func.count(), *sums).group_by(*keys)
        )
    ]


def _iso(number: int | None) -> str:
    return "" if number is None else date.fromordinal(EPOCH + int(number)).isoformat()
