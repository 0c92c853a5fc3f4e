"""What the founders' pages compare and rank: who left which plan, who pays most, what leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, case, func, select

from ..tables import customers as c
from ..tables import movements as m
from ..tables import rollups as u
from ..tables import runway as r
from ..tables import subscriptions as s
from .churn import touched
from .columns import bounded, by_bytes, first_found
from .plan_customers import PAYING
from .spans import Span, table_of, within


def churned_by_plan(
    connection: Connection, policy: str, spans: Sequence[Span], currency: str
) -> list[RowMapping]:
    """``n, plan, churned``: customers who left for good in each span, by the plan they left;
    without those who joined or came back in it."""
    t = touched(policy, spans, currency, ())
    left = and_(
        m.c.customer_id == t.c.customer_id,
        m.c.currency == t.c.currency,
        m.c.policy == policy,
        m.c.kind == "churn",
        m.c.occurred_at == t.c.left_at,
    )
    query = (
        select(t.c.n, m.c.from_plan.label("plan"), func.count().label("churned"))
        .select_from(t.join(m, left))
        .where(t.c.joined == 0, t.c.returned == 0)
        .group_by(t.c.n, m.c.from_plan)
    )
    return list(connection.execute(query).mappings())


def on_plans(
    connection: Connection, policy: str, second: int, currency: str
) -> dict[str | None, int]:
    """Plan → paying customers when ``second`` began: those who came to it less those who left it.

    A plan that is changed without MRR moving stands in no movement: such a customer is counted on
    the plan before it.
    """
    came = func.sum(case((m.c.after_minor > 0, 1), else_=0))
    went = func.sum(case((m.c.before_minor > 0, 1), else_=0))
    query = (
        select(m.c.from_plan, m.c.to_plan, came.label("came"), went.label("went"))
        .where(m.c.policy == policy, m.c.currency == currency, m.c.occurred_at < second)
        .group_by(m.c.from_plan, m.c.to_plan)
    )
    found: Counter[str | None] = Counter()
    for row in connection.execute(query):
        found[row.to_plan] += int(row.came)
        found[row.from_plan] -= int(row.went)
    return {plan: count for plan, count in found.items() if count > 0}


def largest(
    connection: Connection, currency: str, limit: int, *, among: Collection[str] | None = None
) -> list[RowMapping]:
    """``customer_id, name, email, minor`` of those who pay most, of all or ``among`` some. Reads
    every subscription of theirs that counts; only the ranking is cut."""
    held_by = select(s.c.customer_id, func.sum(s.c.mrr_minor).label("minor")).where(PAYING)
    if among is None:
        held_by = held_by.where(s.c.currency == currency)
    else:
        few = s.c.customer_id.in_(among), first_found(s.c.currency) == currency
        held_by = held_by.where(*few)
    held = (
        held_by.group_by(s.c.customer_id)
        .order_by(func.sum(s.c.mrr_minor).desc(), by_bytes(s.c.customer_id))
        .limit(limit)
        .subquery()
    )
    query = (
        select(held, c.c.name, c.c.email)
        .select_from(held.outerjoin(c, c.c.customer_id == held.c.customer_id))
        .order_by(held.c.minor.desc(), by_bytes(held.c.customer_id))
    )
    return list(connection.execute(query).mappings())


def first_told(connection: Connection, policy: str) -> int | None:
    """The second of the first movement that was not inferred; None without one."""
    query = (
        select(m.c.occurred_at)
        .where(m.c.policy == policy, ~m.c.reconstructed)
        .order_by(m.c.occurred_at)
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def months(connection: Connection, policy: str, currency: str) -> list[RowMapping]:
    """``month, kind, count, minor`` of all movements, from the sums that are kept of each day."""
    month = func.substr(u.c.bucket, 1, 7)
    query = (
        select(
            month.label("month"),
            u.c.tag.label("kind"),
            func.sum(u.c.customers).label("count"),
            func.sum(u.c.minor).label("minor"),
        )
        .where(u.c.kind == "movement", u.c.policy == policy, u.c.currency == currency)
        .group_by(month, u.c.tag)
        .order_by(month, by_bytes(u.c.tag))
    )
    return list(connection.execute(query).mappings())


def reasons(connection: Connection, currency: str) -> dict[str, int]:
    """Feedback, else cancellation reason → live subscriptions that wind down."""
    reason = func.coalesce(s.c.feedback, s.c.reason, "unknown")
    query = (
        select(reason.label("reason"), func.count().label("count"))
        .where(s.c.winding_down, s.c.live, s.c.currency == currency)
        .group_by(reason)
        .order_by(func.count().desc(), by_bytes(reason))
    )
    return {row.reason: int(row.count) for row in connection.execute(query)}  # type: ignore[call-overload]


def trials_started(connection: Connection, spans: Sequence[Span], currency: str) -> dict[int, int]:
    """Span → trials that began in it."""
    span = table_of(spans)
    query = (
        select(span.c.n, func.count().label("started"))
        .select_from(span.join(s, within(s.c.trial_start, span)))
        .where(s.c.currency == currency, s.c.trial_start.is_not(None))
        .group_by(span.c.n)
    )
    return {int(row.n): int(row.started) for row in connection.execute(query)}


_LEAVING: Any = r.outerjoin(c, c.c.customer_id == r.c.customer_id).outerjoin(
    s, s.c.subscription_id == r.c.subscription_id
)


def leaving_page(
    connection: Connection, currency: str, span: Span, limit: int, offset: int
) -> list[RowMapping]:
    """One page of what leaves MRR in a span, the most first, with who it is and why."""
    query = (
        bounded(
            select(
                r.c.customer_id,
                c.c.name,
                c.c.email,
                r.c.subscription_id,
                r.c.kind,
                r.c.plan,
                r.c.to_plan,
                r.c.at,
                r.c.minor,
                r.c.currency,
                func.coalesce(s.c.feedback, s.c.reason).label("reason"),
            )
            .select_from(_LEAVING)
            .where(r.c.currency == currency),
            r.c.at,
            span.starts,
            span.ends,
        )
        .order_by(r.c.minor.desc(), r.c.at, by_bytes(r.c.subscription_id), r.c.step)
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(query).mappings())


def leaving_sum(connection: Connection, currency: str, span: Span) -> tuple[int, int]:
    """(rows, minor units) of what leaves in a span."""
    query = bounded(
        select(func.count(), func.coalesce(func.sum(r.c.minor), 0)).where(r.c.currency == currency),
        r.c.at,
        span.starts,
        span.ends,
    )
    count, minor = connection.execute(query).one()
    return int(count), int(minor)
