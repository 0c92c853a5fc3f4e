"""Movements judged by the database: which of them are upgrades, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, and_, case, false, func, or_, select

from ...domain.catalog import Catalog
from ...domain.upgrade_filters import UpgradeFilters
from ...domain.upgrades import BEGAN
from ..tables import movements as m
from ..tables import observations as o
from ..tables import subscriptions as s
from .columns import bounded
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

_ONCE: Final = "MATERIALIZED"
"""Each layer is made once: databases would spell it out wherever the next one names it."""


SPELLED: Final = 8
"""Statements that are kept, of `steps_of` and of what is asked of them: to build one, or to look
through it for what it is kept under, takes longer than to run it. Each is a megabyte of small
objects, more with more plans."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Under which policy and by which catalogue's ranks: this very catalogue's, for what is kept of
    it is found again by it."""

    policy: str
    catalog: Catalog

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Judged)
            and self.catalog is other.catalog
            and self.policy == other.policy
        )

    def __hash__(self) -> int:
        return hash((self.policy, id(self.catalog)))


def steps_of(
    dialect: str,
    judged: Judged,
    filters: UpgradeFilters,
    *whose: ColumnElement[bool],
) -> CTE:
    """Every upgrade in the filters' time and currencies, each with what changed; ``whose``: of
    these movements alone."""
    if whose:
        return steps_once(dialect, judged, filters, *whose)
    hinting = UpgradeFilters(
        starts=filters.starts,
        ends=filters.ends,
        currencies=filters.currencies,
        plans=filters.plans,
        changes=filters.changes,
        path=filters.path,
    )
    return _kept(dialect, judged, hinting)


def steps_once(
    dialect: str,
    judged: Judged,
    filters: UpgradeFilters,
    *whose: ColumnElement[bool],
) -> CTE:
    """`steps_of` a time that nobody asks for again, as one that ends now."""
    return _steps(dialect, judged, filters, whose)


@lru_cache(SPELLED)
def _kept(dialect: str, judged: Judged, filters: UpgradeFilters) -> CTE:
    return _steps(dialect, judged, filters, ())


def _steps(
    dialect: str,
    judged: Judged,
    filters: UpgradeFilters,
    whose: Sequence[ColumnElement[bool]],
) -> CTE:
    ranks = Ranks(judged.catalog)
    seen = _offered(dialect, _seen(dialect, judged, filters, ranks, whose))
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


def _offered(dialect: str, seen: CTE) -> CTE:
    """``seen`` with what each of its states says: in a layer, so that it is spelled once."""
    labels = []
    for when, state in (("was", seen.c.before), ("now", seen.c.after)):
        held = said(reader(dialect, state), [seen.c[f"{when}_{n}"] for n in range(ITEMS)])
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


def _seen(
    dialect: str,
    judged: Judged,
    filters: UpgradeFilters,
    ranks: Ranks,
    whose: Sequence[ColumnElement[bool]],
) -> CTE:
    """Movements that may be upgrades, with the plans of the states behind them as places."""
    told = and_(
        o.c.event_id == m.c.event_id,
        o.c.object_type == "subscription",
        o.c.object_id == m.c.subscription_id,
    )
    was, now = (places(reader(dialect, state), ranks) for state in (o.c.before, o.c.after))
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
    return query.where(*_hinted(filters), *whose).cte("seen").prefix_with(_ONCE)


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
