"""Upgrades for a page: judged, narrowed, summed and paged by the database.

The same rows as `retention.upgrading`, but for the steps that left MRR as it was: those stand in
no movement, and finding them reads every change of a price. Only the configured policy's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    func,
    select,
)

from ...domain.upgrade_filters import UpgradeFilters
from ..tables import customers as c
from ..tables import movements as m
from . import named, upgrade_names
from .columns import bounded, by_bytes
from .spans import Span, table_of, within
from .upgrade_steps import SPELLED, Judged, steps_of, steps_once

FIRST_LOOK, LOOKS, LOOKS_AGAIN = 500, 5, 8
"""Movements that are judged at first, further ones for each row of the page, and how many times as
many when those were not enough."""


def page(connection: Connection, judged: Judged, filters: UpgradeFilters) -> list[RowMapping]:
    """One page, newest first, with who the customer is.

    Judged are the newest movements, ever more of them until the page is full: most pages are the
    first one of a list of which every tenth row is wanted.
    """
    whose = []
    if filters.text:
        found = named.find(connection, filters.text, at_most=named.MOST)
        if found.every:
            few = upgrade_names.of_few(connection, found)
            return page_within(connection, judged, filters, few)
        whose.append(upgrade_names.one_by_one(filters.text))
    limit, offset = filters.page
    looked_at = FIRST_LOOK + LOOKS * (limit + offset)
    while True:
        since = _nth_newest(connection, judged, filters, looked_at)
        if since is None:
            return page_within(connection, judged, filters, *whose)
        rows = page_within(connection, judged, replace(filters, starts=since), *whose)
        if len(rows) == limit:
            return rows
        looked_at *= LOOKS_AGAIN


def _nth_newest(
    connection: Connection, judged: Judged, filters: UpgradeFilters, n: int
) -> int | None:
    """The second of the ``n``-th newest movement; None where there are not so many."""
    query = bounded(
        select(m.c.occurred_at).where(m.c.policy == judged.policy),
        m.c.occurred_at,
        filters.starts,
        filters.ends,
    )
    found = connection.execute(query.order_by(m.c.occurred_at.desc()).offset(n).limit(1))
    return found.scalar_one_or_none()


def page_within(
    connection: Connection, judged: Judged, filters: UpgradeFilters, *whose: ColumnElement[bool]
) -> list[RowMapping]:
    """:func:`page`, for which everything in the filters' time is judged, or ``whose`` of it."""
    spelled = _paged if whose else _paged_again
    query = spelled(connection.dialect.name, judged, filters, *whose)
    return list(connection.execute(query).mappings())


def _paged(
    dialect: str, judged: Judged, filters: UpgradeFilters, *whose: ColumnElement[bool]
) -> Select[Any]:
    steps = steps_of(dialect, judged, filters, *whose)
    limit, offset = filters.page
    listed = _narrowed(
        select(steps, c.c.email, c.c.name).select_from(
            steps.outerjoin(c, c.c.customer_id == steps.c.customer_id)
        ),
        steps,
        filters,
    )
    return (
        listed.order_by(
            steps.c.occurred_at.desc(), by_bytes(steps.c.customer_id), by_bytes(steps.c.currency)
        )
        .limit(limit)
        .offset(offset)
    )


_paged_again = lru_cache(SPELLED)(_paged)


def paths(connection: Connection, judged: Judged, filters: UpgradeFilters) -> list[RowMapping]:
    """``currency, from_plan, to_plan, told, count, minor`` of the whole filtered list."""
    whose = []
    if filters.text:
        found = named.find(connection, filters.text, at_most=named.MOST)
        few, many = upgrade_names.of_few, upgrade_names.of_many
        whose.append(few(connection, found) if found.every else many(filters.text))
    spelled = _added_up if whose else _added_up_again
    query = spelled(connection.dialect.name, judged, filters, *whose)
    return list(connection.execute(query).mappings())


def _added_up(
    dialect: str, judged: Judged, filters: UpgradeFilters, *whose: ColumnElement[bool]
) -> Select[Any]:
    steps = steps_of(dialect, judged, filters, *whose)
    keys = (steps.c.currency, steps.c.from_plan, steps.c.to_plan, steps.c.told)
    listed = _narrowed(
        select(
            *keys, func.count().label("count"), func.sum(steps.c.delta_minor).label("minor")
        ).select_from(steps),
        steps,
        filters,
    )
    return listed.group_by(*keys)


_added_up_again = lru_cache(SPELLED)(_added_up)


def by_span(
    connection: Connection, judged: Judged, spans: Sequence[Span], currency: str
) -> list[RowMapping]:
    """``n, kind, count, minor``: what upgrades of each kind did in each span."""
    whole = UpgradeFilters(
        currencies=(currency,),
        starts=min(span.starts for span in spans),
        ends=max(span.ends for span in spans),
    )
    steps, span = steps_once(connection.dialect.name, judged, whole), table_of(spans)
    query = (
        select(
            span.c.n,
            steps.c.kind,
            func.count().label("count"),
            func.sum(steps.c.delta_minor).label("minor"),
        )
        .select_from(span.join(steps, within(steps.c.occurred_at, span)))
        .group_by(span.c.n, steps.c.kind)
    )
    return list(connection.execute(query).mappings())


def _narrowed(query: Select[Any], steps: CTE, filters: UpgradeFilters) -> Select[Any]:
    if filters.changes:
        query = query.where(steps.c.told.in_(filters.changes))
    if filters.plans:
        query = query.where(steps.c.to_plan.in_(filters.plans))
    if filters.path is not None:
        query = query.where(
            steps.c.from_plan.is_not_distinct_from(filters.path[0]),
            steps.c.to_plan.is_not_distinct_from(filters.path[1]),
        )
    return query
