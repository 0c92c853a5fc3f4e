"""The sums that lists are counted by, added up anew from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, and_, func, or_, select

from ..domain.list_sums import LISTED, UNKNOWN, of_lists
from ..domain.rollups import Cell, Sums, add_to
from ..domain.rows import SubscriptionRow
from . import dialect, meta
from .spelling import read
from .tables import invoices as i
from .tables import rollups
from .tables import subscriptions as s

AT_ONCE = 2_000


def summed(connection: Connection, timezone: str) -> dict[Cell, Sums]:
    """Every cell of `domain.list_sums` as the rows give it. Reads every live subscription."""
    parts: dict[Cell, Sums] = {}
    for _, held in groupby(_live(connection), key=attrgetter("customer_id")):
        add_to(parts, of_lists(held, (), timezone))
    for cell, sums in _failing(connection):
        add_to(parts, {cell: sums})
    return parts


def fill(connection: Connection, timezone: str) -> None:
    """Put them where none are: for rows that no fold of this version has written."""
    listed = rollups.c.kind.in_(LISTED)
    connection.execute(rollups.delete().where(listed))
    found = summed(connection, timezone)
    dialect.insert(connection, rollups, [(*cell, *found[cell]) for cell in sorted(found)])
    meta.forget(connection, meta.LISTS_WAIT)


def _live(connection: Connection) -> Iterator[SubscriptionRow]:
    query = select(s).where(s.c.live).order_by(s.c.customer_id)
    for row in connection.execute(query.execution_options(yield_per=AT_ONCE)):
        told = SubscriptionRow(*row)
        yield replace(told, items=read(str(told.items)))


def _failing(connection: Connection) -> Iterator[tuple[Cell, Sums]]:
    """Added up by the database: nothing of it needs a calendar."""
    keys = (
        func.coalesce(s.c.status, ""),
        func.coalesce(s.c.plan, ""),
        func.coalesce(s.c.interval, ""),
        func.coalesce(s.c.interval_count, 0),
        func.coalesce(i.c.currency, ""),
        func.coalesce(i.c.decline_code, i.c.failure_code, UNKNOWN),
    )
    own = and_(s.c.subscription_id == i.c.subscription_id, s.c.customer_id == i.c.customer_id)
    query = (
        select(*keys, func.count(), func.sum(i.c.amount_remaining_minor))
        .select_from(i.outerjoin(s, own))
        .where(
            i.c.failing,
            i.c.amount_remaining_minor > 0,
            or_(s.c.subscription_id.is_(None), s.c.live),
        )
        .group_by(*keys)
    )
    for status, plan, interval, times, currency, why, count, minor in connection.execute(query):
        cell = Cell("failing", "", status, plan, interval, int(times), currency, why)
        yield cell, Sums(int(count), 0, int(minor))
