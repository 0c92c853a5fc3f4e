"""Who is behind each line of a bridge, a page at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, null, select

from ...domain.bridge import Step
from ...domain.filters import Filters
from ...domain.policy import Policy
from ..tables import customers as c
from ..tables import subscriptions as s
from .bridge import Lens, unexplained
from .columns import any_contains, by_bytes, one_of_plans, ordered

_NAMES = (c.c.org_id, c.c.email, c.c.name)


def behind(connection: Connection, lens: Lens, step: Step, filters: Filters) -> list[RowMapping]:
    """One page of the subscriptions that a step moves: who, before, after and the difference."""
    before, after = lens.mrr(step.before), lens.mrr(step.after)
    rows = (
        select(
            s.c.customer_id,
            *_NAMES,
            s.c.subscription_id,
            s.c.plan,
            s.c.status,
            s.c.currency,
            before.label("before_minor"),
            after.label("after_minor"),
            (after - before).label("delta_minor"),
        )
        .select_from(s.outerjoin(c, c.c.customer_id == s.c.customer_id))
        .where(after != before)
    )
    delta = after - before
    sorts: dict[str, ColumnElement[Any]] = {
        "delta": delta,
        "before": before,
        "after": after,
        "customer": _who(s.c.customer_id),
    }
    tie = by_bytes(s.c.subscription_id)
    page = ordered(_narrowed(rows, filters), filters, sorts, (func.abs(delta).desc(),), tie)
    return list(connection.execute(page).mappings())


def behind_sums(
    connection: Connection, lens: Lens, step: Step, filters: Filters
) -> list[RowMapping]:
    """``currency, count, amount_minor`` of the filtered list, before paging."""
    before, after = lens.mrr(step.before), lens.mrr(step.after)
    query = (
        select(
            s.c.currency,
            func.count().label("count"),
            func.sum(after - before).label("amount_minor"),
        )
        .select_from(s.outerjoin(c, c.c.customer_id == s.c.customer_id))
        .where(after != before)
        .group_by(s.c.currency)
    )
    return list(connection.execute(_narrowed(query, filters)).mappings())


def behind_unexplained(
    connection: Connection, lens: Lens, policy: Policy, filters: Filters
) -> tuple[list[RowMapping], list[RowMapping]]:
    """One page of these customers, and the sums of all of them."""
    each = unexplained(lens, policy).subquery()
    delta = (each.c.after_minor - each.c.before_minor).label("delta_minor")
    joined = each.outerjoin(c, c.c.customer_id == each.c.customer_id)
    conditions: list[ColumnElement[bool]] = []
    if filters.currencies:
        conditions.append(each.c.currency.in_(filters.currencies))
    if filters.text:
        conditions.append(any_contains((*_NAMES, each.c.customer_id), filters.text))
    page = (
        select(
            each.c.customer_id,
            *_NAMES,
            *(null().label(name) for name in ("subscription_id", "plan", "status")),
            each.c.currency,
            each.c.before_minor,
            each.c.after_minor,
            delta,
        )
        .select_from(joined)
        .where(*conditions)
    )
    sorts = {"delta": delta, "customer": _who(each.c.customer_id)}
    tie = by_bytes(each.c.customer_id)
    page = ordered(page, filters, sorts, (func.abs(delta).desc(),), tie)
    sums = (
        select(each.c.currency, func.count().label("count"), func.sum(delta).label("amount_minor"))
        .select_from(joined)
        .where(*conditions)
        .group_by(each.c.currency)
    )
    return list(connection.execute(page).mappings()), list(connection.execute(sums).mappings())


def _narrowed(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.currencies:
        query = query.where(s.c.currency.in_(filters.currencies))
    if filters.plans:
        query = query.where(one_of_plans(s.c.plan, filters.plans))
    if filters.text:
        query = query.where(
            any_contains((*_NAMES, s.c.customer_id, s.c.subscription_id), filters.text)
        )
    return query


def _who(customer_id: ColumnElement[Any]) -> ColumnElement[str]:
    return by_bytes(func.lower(func.coalesce(c.c.name, c.c.email, customer_id)))
