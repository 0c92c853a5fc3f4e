"""Upgrades for a page: judged, narrowed, summed and paged by the database.

The same rows as `retention.upgrading`, but for the steps that left MRR as it was: those stand in
no movement, and finding them reads every change of a price. Only the configured policy's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    false,
    func,
    or_,
    select,
)

from ...domain.catalog import Catalog
from ...domain.upgrade_filters import UpgradeFilters
from ...domain.upgrades import BEGAN
from ..tables import customers as c
from ..tables import movements as m
from ..tables import observations as o
from ..tables import subscriptions as s
from .columns import any_contains, bounded, by_bytes
from .spans import Span, table_of, within
from .upgrade_terms import (
    ITEMS,
    NOWHERE,
    SAID,
    Ranks,
    Said,
    change_between,
    moved_up,
    places,
    reader,
    said,
    steps_up,
    still_sold,
)
from .upgrades import may_be_one

KEPT: Final = (
    m.c.occurred_at,
    m.c.customer_id,
    m.c.kind,
    m.c.to_plan,
    m.c.to_interval,
    m.c.delta_minor,
    m.c.currency,
    m.c.subscription_id,
    m.c.event_id,
    m.c.reconstructed,
)


FIRST_LOOK, LOOKS, LOOKS_AGAIN = 500, 5, 8
"""Movements that are judged at first, further ones for each row of the page, and how many times as
many when those were not enough."""

_ONCE: Final = "MATERIALIZED"
"""Each layer is made once: databases would spell it out wherever the next one names it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Under which policy and by which catalogue's ranks."""

    policy: str
    catalog: Catalog


def page(connection: Connection, judged: Judged, filters: UpgradeFilters) -> list[RowMapping]:
    """One page, newest first, with who the customer is.

    Judged are the newest movements, ever more of them until the page is full: most pages are the
    first one of a list of which every tenth row is wanted.
    """
    limit, offset = filters.page
    looked_at = FIRST_LOOK + LOOKS * (limit + offset)
    while True:
        since = _nth_newest(connection, judged, filters, looked_at)
        if since is None:
            return page_within(connection, judged, filters)
        rows = page_within(connection, judged, replace(filters, starts=since))
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
    connection: Connection, judged: Judged, filters: UpgradeFilters
) -> list[RowMapping]:
    """:func:`page`, for which everything in the filters' time is judged."""
    steps = _steps(connection, judged, filters)
    limit, offset = filters.page
    query = (
        _narrowed(
            select(steps, c.c.email, c.c.name).select_from(
                steps.outerjoin(c, c.c.customer_id == steps.c.customer_id)
            ),
            steps,
            filters,
        )
        .order_by(
            steps.c.occurred_at.desc(), by_bytes(steps.c.customer_id), by_bytes(steps.c.currency)
        )
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(query).mappings())


def paths(connection: Connection, judged: Judged, filters: UpgradeFilters) -> list[RowMapping]:
    """``currency, from_plan, to_plan, told, count, minor`` of the whole filtered list."""
    steps = _steps(connection, judged, filters)
    keys = (steps.c.currency, steps.c.from_plan, steps.c.to_plan, steps.c.told)
    query = _narrowed(
        select(
            *keys, func.count().label("count"), func.sum(steps.c.delta_minor).label("minor")
        ).select_from(_known(steps, filters)),
        steps,
        filters,
    ).group_by(*keys)
    return list(connection.execute(query).mappings())


def by_span(
    connection: Connection, judged: Judged, spans: Sequence[Span], currency: str
) -> list[RowMapping]:
    """``n, kind, count, minor``: what upgrades of each kind did in each span."""
    whole = UpgradeFilters(
        currencies=(currency,),
        starts=min(span.starts for span in spans),
        ends=max(span.ends for span in spans),
    )
    steps, span = _steps(connection, judged, whole), table_of(spans)
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


def _known(steps: CTE, filters: UpgradeFilters) -> Any:
    """With who the customer is, where that is asked for."""
    return steps.outerjoin(c, c.c.customer_id == steps.c.customer_id) if filters.text else steps


def _narrowed(query: Select[Any], steps: CTE, filters: UpgradeFilters) -> Select[Any]:
    if filters.text:
        fields = (c.c.email, c.c.name, c.c.org_id, steps.c.customer_id, steps.c.subscription_id)
        query = query.where(any_contains(fields, filters.text))
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


def _steps(connection: Connection, judged: Judged, filters: UpgradeFilters) -> CTE:
    """Every upgrade in the filters' time and currencies, each with what changed."""
    ranks = Ranks(judged.catalog)
    seen = _offered(connection, _seen(connection, judged, filters, ranks))
    was, now = (Said(*(seen.c[f"{when}_{name}"] for name in SAID)) for when in ("was", "now"))
    told = and_(seen.c.had_before, seen.c.had_after)
    # Movements say where MRR came from; a free or trial subscription had a plan all the same.
    began = and_(seen.c.kind == "new", seen.c.had_before)
    from_plan = case((began, ranks.plan(was.place)), else_=seen.c.from_plan)
    from_interval = case((began, was.interval), else_=seen.c.from_interval)
    change = case(
        (from_plan.is_distinct_from(seen.c.to_plan), "plan"),
        (from_interval.is_distinct_from(seen.c.to_interval), "interval"),
        (told, change_between(was, now)),
        else_="quantity",
    )
    up = case(
        (and_(seen.c.had_after, ~still_sold(now)), False),
        (told, moved_up(ranks, was, now)),
        else_=steps_up(
            ranks.rank_of(seen.c.from_plan),
            seen.c.from_interval,
            ranks.rank_of(seen.c.to_plan),
            seen.c.to_interval,
        ),
    )
    return (
        select(
            *(seen.c[column.name] for column in KEPT),
            from_plan.label("from_plan"),
            from_interval.label("from_interval"),
            change.label("change"),
            case((and_(seen.c.kind == "new", change == "price"), BEGAN), else_=change).label(
                "told"
            ),
        )
        .where(or_(seen.c.kind != "contraction", up))
        .cte("steps")
        .prefix_with(_ONCE)
    )


def _offered(connection: Connection, seen: CTE) -> CTE:
    """``seen`` with what each of its states says: in a layer, so that it is spelled once."""
    labels = []
    for when, state in (("was", seen.c.before), ("now", seen.c.after)):
        held = said(reader(connection, state), [seen.c[f"{when}_{n}"] for n in range(ITEMS)])
        labels += [getattr(held, name).label(f"{when}_{name}") for name in SAID]
    return (
        select(
            *(seen.c[column.name] for column in KEPT),
            seen.c.from_plan,
            seen.c.from_interval,
            seen.c.before.is_not(None).label("had_before"),
            seen.c.after.is_not(None).label("had_after"),
            *labels,
        )
        .cte("offered")
        .prefix_with(_ONCE)
    )


def _seen(connection: Connection, judged: Judged, filters: UpgradeFilters, ranks: Ranks) -> CTE:
    """Movements that may be upgrades, with the plans of the states behind them as places."""
    told = and_(
        o.c.event_id == m.c.event_id,
        o.c.object_type == "subscription",
        o.c.object_id == m.c.subscription_id,
    )
    was, now = (places(reader(connection, state), ranks) for state in (o.c.before, o.c.after))
    query = bounded(
        select(
            *KEPT,
            m.c.from_plan,
            m.c.from_interval,
            o.c.before,
            o.c.after,
            *(_or_nowhere(place).label(f"was_{n}") for n, place in enumerate(was)),
            *(_or_nowhere(place).label(f"now_{n}") for n, place in enumerate(now)),
        )
        .select_from(m.outerjoin(s, s.c.subscription_id == m.c.subscription_id).outerjoin(o, told))
        .where(m.c.policy == judged.policy, may_be_one()),
        m.c.occurred_at,
        filters.starts,
        filters.ends,
    )
    if filters.currencies:
        query = query.where(m.c.currency.in_(filters.currencies))
    return query.where(*_hinted(filters)).cte("seen").prefix_with(_ONCE)


def _hinted(filters: UpgradeFilters) -> Iterator[ColumnElement[bool]]:
    """What movements tell of the filters by themselves, so that fewer states are read. What came of
    something free or tried was on another plan before than its movement says."""
    if filters.plans:
        yield m.c.to_plan.in_(filters.plans)
    if filters.path is not None:
        yield m.c.to_plan.is_not_distinct_from(filters.path[1])
        yield or_(m.c.kind == "new", m.c.from_plan.is_not_distinct_from(filters.path[0]))
    if filters.changes:
        yield or_(m.c.kind == "new", *map(_may_be, filters.changes))


def _may_be(change: str) -> ColumnElement[bool]:
    plan = m.c.from_plan.is_distinct_from(m.c.to_plan)
    interval = m.c.from_interval.is_distinct_from(m.c.to_interval)
    match change:
        case "plan":
            return plan
        case "interval":
            return and_(~plan, interval)
        case "quantity" | "price" | "discount":
            return and_(~plan, ~interval)
    return false()


def _or_nowhere(place: Any) -> Any:
    return func.coalesce(place, NOWHERE)
