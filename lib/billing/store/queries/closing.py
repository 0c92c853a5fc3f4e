"""A month about to be closed: its sums, and what is still open in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, distinct, exists, func, select

from ...domain.close import OPENING
from ...domain.times import day_start, local_date
from ..tables import (
    acknowledgements,
    closed_movements,
    customers,
    findings,
    inbox,
    rollups,
    subscriptions,
)
from ..tables import invoices as i
from ..tables import movements as m
from .columns import by_bytes, of_stripe

k = closed_movements.c


def first_movement(connection: Connection, policy: str) -> int | None:
    """When the first movement was; None before any."""
    query = select(func.min(m.c.occurred_at)).where(m.c.policy == policy)
    found: int | None = connection.execute(query).scalar()
    return found


def frozen_sums(connection: Connection, policy: str, month: str) -> dict[str, dict[str, int]]:
    """What was frozen of a month: currency → kind → minor units."""
    query = (
        select(k.currency, k.kind, func.sum(k.minor))
        .where(k.policy == policy, k.month == month)
        .group_by(k.currency, k.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for currency, kind, minor in connection.execute(query):
        found.setdefault(currency, {})[kind] = int(minor)
    return found


def balances(connection: Connection, policy: str, ends: int, timezone: str) -> dict[str, int]:
    """MRR of everybody just before ``ends``, by currency.

    From the kept sums of days where ``ends`` begins a business day, else from every movement.
    """
    day = local_date(ends, timezone)
    if day_start(day, timezone) == ends:
        r = rollups.c
        query = select(r.currency, func.sum(r.minor)).where(
            r.kind == "movement", r.policy == policy, r.bucket < day.isoformat()
        )
        query = query.group_by(r.currency)
    else:
        query = (
            select(m.c.currency, func.sum(m.c.delta_minor))
            .where(m.c.policy == policy, m.c.occurred_at < ends)
            .group_by(m.c.currency)
        )
    return {currency: int(minor) for currency, minor in connection.execute(query)}


def flows(connection: Connection, policy: str, starts: int, ends: int) -> dict[str, dict[str, int]]:
    """Movements of ``starts <= second < ends`` as they are now: currency → kind → minor units."""
    query = (
        select(m.c.currency, m.c.kind, func.sum(m.c.delta_minor))
        .where(m.c.policy == policy, m.c.occurred_at >= starts, m.c.occurred_at < ends)
        .group_by(m.c.currency, m.c.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for currency, kind, minor in connection.execute(query):
        found.setdefault(currency, {})[kind] = int(minor)
    return found


def standing(connection: Connection, policy: str, ends: int) -> dict[str, tuple[int, int]]:
    """MRR just before ``ends`` and the customers who have any, by currency. Reads all before."""
    own = (
        select(m.c.currency, func.sum(m.c.delta_minor).label("minor"))
        .where(m.c.policy == policy, m.c.occurred_at < ends)
        .group_by(m.c.customer_id, m.c.currency)
        .subquery()
    )
    return _counted(connection, select(own.c.currency, *_standing(own.c.minor)), own.c.currency)


def frozen_standing(connection: Connection, policy: str, month: str) -> dict[str, tuple[int, int]]:
    """The same of the openings that the first close has frozen."""
    query = select(k.currency, *_standing(k.minor)).where(
        k.policy == policy, k.month == month, k.kind == OPENING
    )
    return _counted(connection, query, k.currency)


def _standing(minor: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    return func.sum(minor), func.sum(case((minor > 0, 1), else_=0))


def _counted(
    connection: Connection, query: Select[Any], currency: ColumnElement[Any]
) -> dict[str, tuple[int, int]]:
    rows = connection.execute(query.group_by(currency))
    return {name: (int(minor), int(people)) for name, minor, people in rows}


def movers(connection: Connection, policy: str, month: str) -> dict[str, dict[str, int]]:
    """How many customers moved in a frozen month: currency → kind → customers."""
    query = (
        select(k.currency, k.kind, func.count(distinct(k.customer_id)))
        .where(k.policy == policy, k.month == month, k.kind != OPENING)
        .group_by(k.currency, k.kind)
    )
    found: dict[str, dict[str, int]] = {}
    for currency, kind, count in connection.execute(query):
        found.setdefault(currency, {})[kind] = int(count)
    return found


def billed(connection: Connection, starts: int, ends: int) -> list[dict[str, Any]]:
    """Invoices finalised and paid in ``starts <= second < ends``, and open ones, by currency.

    What was credited, refunded and disputed is of the invoices that were finalised in it.
    """
    final = func.coalesce(i.c.finalized_at, i.c.created_at)
    issued = and_(final >= starts, final < ends, i.c.status != "draft")
    paid = and_(i.c.paid_at >= starts, i.c.paid_at < ends)
    is_open = i.c.status == "open"
    columns = {
        "invoices": _count(issued),
        "invoiced_minor": _sum(issued, i.c.total_minor),
        "tax_minor": _sum(issued, i.c.tax_minor),
        "voided_minor": _sum(and_(issued, i.c.status == "void"), i.c.total_minor),
        "credited_minor": _sum(issued, i.c.credited_minor),
        "refunded_minor": _sum(issued, i.c.refunded_minor),
        "disputed_minor": _sum(issued, i.c.disputed_minor),
        "paid_invoices": _count(paid),
        "paid_minor": _sum(paid, i.c.amount_paid_minor),
        "open_invoices": _count(is_open),
        "receivable_minor": _sum(is_open, i.c.amount_remaining_minor),
    }
    query = (
        select(i.c.currency, *(each.label(name) for name, each in columns.items()))
        .where(i.c.currency.is_not(None))
        .group_by(i.c.currency)
        .order_by(by_bytes(i.c.currency))
    )
    found = [
        {"currency": row[0]} | dict(zip(columns, map(int, row[1:]), strict=True))
        for row in connection.execute(query)
    ]
    return [row for row in found if any(row[name] for name in columns)]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _sum(condition: ColumnElement[bool], column: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, column), else_=0)), 0)


def open_points(connection: Connection, ends: int, now: int) -> dict[str, int]:
    """How many things are open that could still change what happened before ``ends``."""
    f, a, s = findings.c, acknowledgements.c, subscriptions.c
    left = exists().where(a.subject == f.subject, a.at >= f.first_seen_at, a.expires_at > now)
    failed = select(func.count()).where(inbox.c.state == "failed", inbox.c.created_at < ends)
    differing = select(func.count()).where(f.resolved_at.is_(None), ~left)
    live = select(func.count()).where(s.live)
    asked = {
        "failed": failed,
        "drift": differing.where(f.kind != "gap"),
        "gaps": differing.where(f.kind == "gap"),
        # What other providers' subscriptions cost is never told: that changes nothing any more.
        "unvalued": live.where(s.mrr_minor.is_(None), of_stripe(s.subscription_id)),
        "unresolved": live.where(~s.plan_resolved),
        "reread": select(func.count()).where(customers.c.needs_reread),
    }
    return {name: int(connection.execute(each).scalar_one()) for name, each in asked.items()}
