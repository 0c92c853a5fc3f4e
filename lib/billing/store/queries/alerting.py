"""What may be worth an alert: large movements of a stretch of time, and how things stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Connection, RowMapping, and_, func, or_, select

from ..tables import customers as c
from ..tables import invoices as i
from ..tables import movements as m
from ..tables import subscriptions as s
from .columns import by_bytes

Limits = Mapping[str, int]
"""Currency → the least amount, in minor units."""

_KINDS = {"upgrade": ("expansion", "reactivation"), "churn": ("churn",)}


def large_movements(
    connection: Connection,
    policy: str,
    what: Literal["upgrade", "churn"],
    limits: Limits,
    starts: int,
    ends: int,
) -> list[RowMapping]:
    """Those of ``starts <= occurred_at < ends`` that reach the limit of their currency.

    What was inferred from objects first seen mid-life is history that was found, no news; a change
    of currency is neither.
    """
    size = m.c.delta_minor if what == "upgrade" else -m.c.delta_minor
    query = (
        select(
            m.c.movement_id,
            m.c.customer_id,
            c.c.email,
            c.c.name,
            m.c.currency,
            m.c.occurred_at,
            m.c.delta_minor,
            m.c.from_plan,
            m.c.to_plan,
            func.coalesce(s.c.feedback, s.c.reason).label("reason"),
        )
        .select_from(
            m.outerjoin(c, c.c.customer_id == m.c.customer_id).outerjoin(
                s, s.c.subscription_id == m.c.subscription_id
            )
        )
        .where(
            m.c.policy == policy,
            m.c.occurred_at >= starts,
            m.c.occurred_at < ends,
            m.c.kind.in_(_KINDS[what]),
            ~m.c.reconstructed,
            ~m.c.switched,
            or_(*(and_(m.c.currency == code, size >= least) for code, least in limits.items())),
        )
        .order_by(m.c.occurred_at, by_bytes(m.c.movement_id))
    )
    return list(connection.execute(query).mappings())


def large_failures(connection: Connection, limits: Limits, since: int) -> list[RowMapping]:
    """Open automatic invoices that first failed since then and have as much left to pay."""
    left = i.c.amount_remaining_minor
    query = (
        select(
            i.c.invoice_id,
            i.c.number,
            i.c.customer_id,
            c.c.email,
            c.c.name,
            left.label("remaining_minor"),
            i.c.currency,
            i.c.failed_at,
            i.c.next_attempt_at,
            func.coalesce(i.c.decline_code, i.c.failure_code).label("decline_code"),
        )
        .select_from(
            i.outerjoin(c, c.c.customer_id == i.c.customer_id).outerjoin(
                s, s.c.subscription_id == i.c.subscription_id
            )
        )
        .where(
            i.c.failing,
            i.c.failed_at >= since,
            or_(s.c.subscription_id.is_(None), s.c.live),
            or_(*(and_(i.c.currency == code, left >= least) for code, least in limits.items())),
        )
        .order_by(i.c.failed_at, by_bytes(i.c.invoice_id))
    )
    return list(connection.execute(query).mappings())
