"""What happened in a stretch of time, by groups: counted, and one page of each.

Bounded by indexes where there are any: movements by policy and time, what winds down and what fails
by partial ones, observations by effective time. What is inferred from objects first seen mid-life
is history that was found, no news.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from ...domain.changes import MOVED
from ...domain.policy import LIVE, Policy
from ..tables import closes as k
from ..tables import customers as c
from ..tables import findings as f
from ..tables import invoices as i
from ..tables import movements as m
from ..tables import observations as o
from ..tables import subscriptions as s
from .bridge import Lens
from .columns import by_bytes
from .spans import Span
from .subscription_history import scheduled

DAY: Final = 86_400
WITHDRAWN_WITHIN: Final = 14 * DAY
"""Undoing leaves nothing in any row: whoever was away for longer is told of these days' only."""
TRIED_FOR: Final = 90 * DAY
"""Nobody tries to collect an invoice for longer."""

_PART = case((m.c.switched, "switched"), else_=m.c.kind)


def counted(
    connection: Connection, policy: Policy, span: Span, only: str | None = None
) -> list[RowMapping]:
    """``part, currency, count, known, minor`` of every group, or of ``only`` one.

    ``known``: those of ``count`` with an amount.
    """
    found: list[RowMapping] = []
    if only is None or only in MOVED:
        moved = (
            select(
                _PART.label("part"),
                m.c.currency,
                func.count().label("count"),
                func.count().label("known"),
                func.sum(m.c.delta_minor).label("minor"),
            )
            .where(*_moved(policy, span))
            .group_by(_PART, m.c.currency)
        )
        found += connection.execute(moved).mappings()
    for part in _OTHERS if only is None else {only} - set(MOVED):
        rows = _rows(part, policy, span).subquery()
        query = select(
            rows.c.part,
            rows.c.currency,
            func.count().label("count"),
            func.count(rows.c.minor).label("known"),
            func.coalesce(func.sum(rows.c.minor), 0).label("minor"),
        ).group_by(rows.c.part, rows.c.currency)
        found += connection.execute(query).mappings()
    return found


def page(
    connection: Connection, policy: Policy, span: Span, part: str, limit: int, offset: int
) -> list[RowMapping]:
    """One page of one group, the newest first: who, when, how much and what."""
    rows = _rows(part, policy, span).subquery()
    query = (
        select(rows, c.c.name, c.c.email)
        .select_from(rows.outerjoin(c, c.c.customer_id == rows.c.customer_id))
        .order_by(rows.c.at.desc(), by_bytes(rows.c.customer_id), by_bytes(rows.c.object_id))
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(query).mappings())


def differences(connection: Connection, span: Span) -> tuple[int, int]:
    """(first seen in the span and open still, resolved in it)."""
    seen = and_(f.c.resolved_at.is_(None), *_in(f.c.first_seen_at, span))
    gone = and_(*_in(f.c.resolved_at, span))
    query = select(
        func.coalesce(func.sum(case((seen, 1), else_=0)), 0),
        func.coalesce(func.sum(case((gone, 1), else_=0)), 0),
    ).where(or_(seen, gone))
    opened, resolved = connection.execute(query).one()
    return int(opened), int(resolved)


def closed(connection: Connection, policy: str, span: Span) -> list[str]:
    """Months that were closed in the span, such as ``2026-10``, in their order."""
    query = select(k.c.month).where(k.c.policy == policy, *_in(k.c.closed_at, span))
    return list(connection.scalars(query.order_by(k.c.month)))


def _in(column: Any, span: Span) -> tuple[Any, Any]:
    return column >= span.starts, column < span.ends


def _moved(policy: Policy, span: Span) -> tuple[Any, ...]:
    return m.c.policy == policy.slug, ~m.c.reconstructed, *_in(m.c.occurred_at, span)


def _rows(part: str, policy: Policy, span: Span) -> Select[Any]:
    if part in MOVED:
        return _movements(part, policy, span)
    return _OTHERS[part](policy, span)


def _movements(part: str, policy: Policy, span: Span) -> Select[Any]:
    reason = func.coalesce(s.c.feedback, s.c.reason) if part == "churn" else null()
    return (
        select(
            _PART.label("part"),
            m.c.occurred_at.label("at"),
            m.c.customer_id,
            m.c.movement_id.label("object_id"),
            m.c.currency,
            m.c.delta_minor.label("minor"),
            m.c.from_plan,
            m.c.to_plan,
            m.c.from_interval,
            m.c.to_interval,
            reason.label("reason"),
            null().label("number"),
        )
        .select_from(m.outerjoin(s, s.c.subscription_id == m.c.subscription_id))
        .where(*_moved(policy, span), _PART == part)
    )


def _of_subscription(part: str, at: Any, minor: Any, reason: Any) -> Select[Any]:
    return select(
        literal(part).label("part"),
        at.label("at"),
        s.c.customer_id,
        s.c.subscription_id.label("object_id"),
        s.c.currency,
        minor.label("minor"),
        s.c.plan.label("from_plan"),
        null().label("to_plan"),
        null().label("from_interval"),
        null().label("to_interval"),
        reason.label("reason"),
        null().label("number"),
    )


def _told_as_movement(policy: Policy, now: int) -> Any:
    """Rows that left MRR when their end was scheduled, or came back when it was withdrawn."""
    if not policy.leaves_when_scheduled:
        return false()
    return Lens(policy.discounts, now).mrr(replace(policy, leaves_when_scheduled=False)) != 0


def _scheduled(policy: Policy, span: Span) -> Select[Any]:
    reason = func.coalesce(s.c.feedback, s.c.reason)
    return _of_subscription("scheduled", s.c.requested_at, -s.c.value_minor, reason).where(
        s.c.winding_down,
        s.c.live,
        ~_told_as_movement(policy, span.ends),
        *_in(s.c.requested_at, span),
    )


def _withdrawn(policy: Policy, span: Span) -> Select[Any]:
    near = Span(max(span.starts, span.ends - WITHDRAWN_WITHIN), span.ends)
    undone = (
        select(o.c.object_id, func.max(o.c.effective).label("at"))
        .where(
            o.c.object_type == "subscription",
            o.c.kind == "edge",
            *_in(o.c.effective, near),
            scheduled(o.c.before),
            ~scheduled(o.c.after),
        )
        .group_by(o.c.object_id)
        .subquery()
    )
    return (
        _of_subscription("withdrawn", undone.c.at, s.c.value_minor, null())
        .select_from(undone.join(s, s.c.subscription_id == undone.c.object_id))
        .where(
            s.c.status.in_(sorted(LIVE)),
            ~s.c.winding_down,
            ~_told_as_movement(policy, span.ends),
        )
    )


def _of_invoice(part: str, at: Any, minor: Any) -> Select[Any]:
    return (
        select(
            literal(part).label("part"),
            at.label("at"),
            i.c.customer_id,
            i.c.invoice_id.label("object_id"),
            i.c.currency,
            minor.label("minor"),
            s.c.plan.label("from_plan"),
            null().label("to_plan"),
            null().label("from_interval"),
            null().label("to_interval"),
            func.coalesce(i.c.decline_code, i.c.failure_code).label("reason"),
            i.c.number,
        )
        .select_from(i.outerjoin(s, s.c.subscription_id == i.c.subscription_id))
        .where(i.c.currency.is_not(None))
    )


def _failed(_: Policy, span: Span) -> Select[Any]:
    """As the queue of failed payments."""
    return _of_invoice("failed", i.c.failed_at, i.c.amount_remaining_minor).where(
        i.c.failing,
        i.c.amount_remaining_minor > 0,
        or_(s.c.subscription_id.is_(None), s.c.live),
        *_in(i.c.failed_at, span),
    )


def _recovered(_: Policy, span: Span) -> Select[Any]:
    return _of_invoice("recovered", i.c.paid_at, i.c.amount_due_minor).where(
        i.c.status == "paid",
        i.c.collection_method == "charge_automatically",
        i.c.failed_at.is_not(None),
        i.c.created_at >= span.starts - TRIED_FOR,
        *_in(i.c.paid_at, span),
    )


_OTHERS: Final[dict[str, Callable[[Policy, Span], Select[Any]]]] = {
    "scheduled": _scheduled,
    "withdrawn": _withdrawn,
    "failed": _failed,
    "recovered": _recovered,
}
