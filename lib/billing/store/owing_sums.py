"""What invoices add to the sums of what is owed, added up by the database: `domain.owing`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from ..domain.turnover import Added, Turn, Turnover, add_to
from .queries import owed
from .queries.roll_forward import EPOCH, local_day
from .tables import invoices as i

_FLOWS = (i.c.status != "draft", i.c.status.is_not(None), i.c.currency.is_not(None))


def summed(connection: Connection, timezone: str) -> Turnover:
    """Every sum of `domain.owing`, of all invoices."""
    found: Turnover = {}
    for kind, tag, at, minor, sign, where in (
        ("issued", i.c.collection_method, owed.ISSUED, i.c.amount_due_minor, 1, _FLOWS),
        ("owed", i.c.collection_method, owed.ISSUED, owed.OWED, 1, _FLOWS),
        ("owed", i.c.collection_method, owed.LEFT, owed.OWED, -1, (*_FLOWS, owed.CLOSED)),
    ):
        query = select(i.c.currency, tag, minor.label("minor")).where(*where, at.is_not(None))
        add_to(found, _by_day(connection, kind, query, at, timezone, sign))
    ended = case((owed.ENDED, "ended"), else_="").label("tag")
    query = (
        select(i.c.currency, ended, i.c.amount_remaining_minor.label("minor"))
        .select_from(owed.JOINED)
        .where(owed.OPEN)
    )
    add_to(found, _by_day(connection, "open", query, owed.DUE_SINCE, timezone, 1))
    return found


def _by_day(
    connection: Connection,
    kind: str,
    query: Select[Any],
    at: ColumnElement[Any],
    timezone: str,
    sign: int,
) -> Iterator[tuple[Turn, Added]]:
    extent = query.with_only_columns(func.min(at), func.max(at))
    first, last = connection.execute(extent).one()
    span = (0, 1) if first is None else (int(first), int(last) + 1)
    each = query.add_columns(local_day(at, span, timezone).label("day")).subquery()
    currency, tag, minor, day = each.c
    for code, name, number, count, total in connection.execute(
        select(currency, tag, day, func.count(), func.sum(minor)).group_by(currency, tag, day)
    ):
        on = "" if number is None else date.fromordinal(EPOCH + int(number)).isoformat()
        yield (
            Turn(kind, on, "", code or "", name or ""),
            Added(sign * int(count), sign * int(total)),
        )
