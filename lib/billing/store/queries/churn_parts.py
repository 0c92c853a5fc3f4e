"""Which part of the customers a stretch of time began with, and who of them left in it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    case,
    func,
    literal,
    select,
)

from ...domain.stays import BANDS, JOINED
from ...domain.times import DAY
from ..tables import movements as m
from .churn import touched
from .spans import Span


def parts(
    connection: Connection,
    policy: str,
    span: Span,
    currency: str,
) -> list[RowMapping]:
    """``plan, interval, stay, customers, minor, lost, lost_minor`` of customers at its start.

    ``lost``: who churned in the span and did not come back in it; ``minor`` is their MRR at its
    start.
    """
    t = touched(policy, [span], currency, ())
    known = (
        select(
            m.c.customer_id,
            func.max(m.c.occurred_at).label("last_at"),
            func.min(m.c.occurred_at).label("joined_at"),
        )
        .where(m.c.policy == policy, m.c.currency == currency, m.c.occurred_at < span.starts)
        .group_by(m.c.customer_id)
        .cte("known")
    )
    gone = and_(t.c.left_at.is_not(None), t.c.joined == 0, t.c.returned == 0)
    stay = band(span.starts, known.c.joined_at)
    query = (
        select(
            m.c.to_plan.label("plan"),
            m.c.to_interval.label("interval"),
            stay.label("stay"),
            func.count().label("customers"),
            func.sum(m.c.after_minor).label("minor"),
            func.sum(case((gone, 1), else_=0)).label("lost"),
            func.sum(case((gone, m.c.after_minor), else_=0)).label("lost_minor"),
        )
        .select_from(
            known.join(m, _stands(known, policy, currency)).outerjoin(
                t, t.c.customer_id == known.c.customer_id
            )
        )
        .group_by(m.c.to_plan, m.c.to_interval, stay)
    )
    return list(connection.execute(query).mappings())


def lost(connection: Connection, policy: str, span: Span, currency: str) -> list[RowMapping]:
    """Who of :func:`parts` is lost: ``plan, interval, stay, lost, lost_minor``. Reads who came or
    left in the span alone."""
    t = touched(policy, [span], currency, ())
    earlier = m.alias("earlier")
    until = (
        earlier.c.customer_id == t.c.customer_id,
        earlier.c.policy == policy,
        earlier.c.currency == currency,
        earlier.c.occurred_at < span.starts,
    )
    at = earlier.c.occurred_at
    gone = (
        select(
            t.c.customer_id,
            select(func.max(at)).where(*until).scalar_subquery().label("last_at"),
            select(func.min(at)).where(*until).scalar_subquery().label("joined_at"),
        )
        .where(t.c.left_at.is_not(None), t.c.joined == 0, t.c.returned == 0)
        .cte("gone")
    )
    stay = band(span.starts, gone.c.joined_at)
    query = (
        select(
            m.c.to_plan.label("plan"),
            m.c.to_interval.label("interval"),
            stay.label("stay"),
            func.count().label("lost"),
            func.sum(m.c.after_minor).label("lost_minor"),
        )
        .select_from(gone.join(m, _stands(gone, policy, currency)))
        .group_by(m.c.to_plan, m.c.to_interval, stay)
    )
    return list(connection.execute(query).mappings())


def _stands(of: CTE, policy: str, currency: str) -> ColumnElement[bool]:
    """The last movement of each of ``of``, unless it was churn."""
    return and_(
        m.c.customer_id == of.c.customer_id,
        m.c.policy == policy,
        m.c.currency == currency,
        m.c.occurred_at == of.c.last_at,
        m.c.kind != "churn",
    )


def band(second: int, joined_at: ColumnElement[Any]) -> ColumnElement[Any]:
    """Which of `domain.stays.BANDS` it is, looked at from ``second``."""
    days = (literal(second, BigInteger) - joined_at) // DAY
    whens = [(joined_at >= second, JOINED)]
    whens += [(days < until, name) for name, _, until in BANDS if until is not None]
    return case(*whens, else_=BANDS[-1][0])
