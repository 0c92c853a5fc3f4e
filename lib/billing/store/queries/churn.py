"""Who came, who left and why, and what moved, by stretches of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    func,
    or_,
    select,
)

from ..tables import movements as m
from ..tables import subscriptions as s
from .columns import by_bytes
from .spans import Span, table_of, within


def _only(currency: str | None, column: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    return [] if currency is None else [column == currency]


def flows(
    connection: Connection, policy: str, spans: Sequence[Span], currency: str | None = None
) -> list[RowMapping]:
    """``n, currency, kind, count, delta_minor, reconstructed`` of the movements in each span."""
    span = table_of(spans)
    query = (
        select(
            span.c.n,
            m.c.currency,
            m.c.kind,
            func.count().label("count"),
            func.sum(m.c.delta_minor).label("delta_minor"),
            func.sum(case((m.c.reconstructed, 1), else_=0)).label("reconstructed"),
        )
        .select_from(span.join(m, and_(m.c.policy == policy, within(m.c.occurred_at, span))))
        .where(*_only(currency, m.c.currency))
        .group_by(span.c.n, m.c.currency, m.c.kind)
    )
    return list(connection.execute(query).mappings())


def before(
    connection: Connection, policy: str, second: int, currency: str | None = None
) -> list[RowMapping]:
    """``currency, kind, count, delta_minor`` of every movement before ``second``."""
    query = (
        select(
            m.c.currency,
            m.c.kind,
            func.count().label("count"),
            func.sum(m.c.delta_minor).label("delta_minor"),
        )
        .where(m.c.policy == policy, m.c.occurred_at < second, *_only(currency, m.c.currency))
        .group_by(m.c.currency, m.c.kind)
    )
    return list(connection.execute(query).mappings())


def reach(connection: Connection, policy: str) -> tuple[int, int, int | None] | None:
    """(first movement, last one, first that is not reconstructed); None without any."""
    seen = case((m.c.reconstructed, None), else_=m.c.occurred_at)
    query = select(func.min(m.c.occurred_at), func.max(m.c.occurred_at), func.min(seen)).where(
        m.c.policy == policy
    )
    first, last, first_seen = connection.execute(query).one()
    return None if first is None else (first, last, first_seen)


def touched(
    policy: str, spans: Sequence[Span], currency: str | None, months: Sequence[Span]
) -> CTE:
    """Customers who came or left, by span: ``n, customer_id, currency, joined, returned, left_at``.

    ``left_at`` is the last time of leaving in the span. With ``months``, a customer who was new and
    churned in one of them did neither.
    """
    span = table_of(spans)
    moved = and_(
        m.c.policy == policy,
        m.c.kind.in_(("new", "reactivation", "churn")),
        within(m.c.occurred_at, span),
    )
    source: Any = span.join(m, moved)
    conditions = _only(currency, m.c.currency)
    if months:
        brief = _brief(policy, months)
        source = source.outerjoin(
            brief,
            and_(
                brief.c.customer_id == m.c.customer_id,
                brief.c.currency == m.c.currency,
                m.c.kind.in_(("new", "churn")),
                within(m.c.occurred_at, brief),
            ),
        )
        conditions.append(brief.c.customer_id.is_(None))
    return (
        select(
            span.c.n,
            m.c.customer_id,
            m.c.currency,
            func.max(case((m.c.kind == "new", 1), else_=0)).label("joined"),
            func.max(case((m.c.kind == "reactivation", 1), else_=0)).label("returned"),
            func.max(case((m.c.kind == "churn", m.c.occurred_at))).label("left_at"),
        )
        .select_from(source)
        .where(*conditions)
        .group_by(span.c.n, m.c.customer_id, m.c.currency)
        .cte("touched")
    )


def _brief(policy: str, months: Sequence[Span]) -> CTE:
    """Who was new and churned within one month, and that month."""
    month = table_of(months, "months")
    came, went = m.alias("came"), m.alias("went")
    return (
        select(came.c.customer_id, came.c.currency, month.c.starts, month.c.ends)
        .select_from(
            month.join(
                came,
                and_(
                    came.c.policy == policy,
                    came.c.kind == "new",
                    within(came.c.occurred_at, month),
                ),
            ).join(
                went,
                and_(
                    went.c.customer_id == came.c.customer_id,
                    went.c.policy == policy,
                    went.c.currency == came.c.currency,
                    went.c.kind == "churn",
                    within(went.c.occurred_at, month),
                ),
            )
        )
        .distinct()
        .cte("brief")
    )


def people(
    connection: Connection,
    policy: str,
    spans: Sequence[Span],
    currency: str | None = None,
    months: Sequence[Span] = (),
) -> list[RowMapping]:
    """``n, currency, joined, returned, churned, lost``, each counting customers once.

    ``lost``: churned without having joined or come back in the span. ``months``: see `touched`.
    """
    t = touched(policy, spans, currency, months)
    stayed_away = and_(t.c.left_at.is_not(None), t.c.joined == 0, t.c.returned == 0)
    query = select(
        t.c.n,
        t.c.currency,
        func.sum(t.c.joined).label("joined"),
        func.sum(t.c.returned).label("returned"),
        func.count(t.c.left_at).label("churned"),
        func.sum(case((stayed_away, 1), else_=0)).label("lost"),
    ).group_by(t.c.n, t.c.currency)
    return list(connection.execute(query).mappings())


def causes(
    connection: Connection,
    policy: str,
    spans: Sequence[Span],
    currency: str | None = None,
    months: Sequence[Span] = (),
) -> list[RowMapping]:
    """``n, currency, reason, feedback, customers, switched`` of those who churned.

    Reason and feedback are those of the subscription that ended; ``switched`` counts who went on
    in another currency.
    """
    t = touched(policy, spans, currency, months)
    query = (
        select(
            t.c.n,
            t.c.currency,
            s.c.reason,
            s.c.feedback,
            func.count().label("customers"),
            func.sum(case((m.c.switched, 1), else_=0)).label("switched"),
        )
        .select_from(left(t, policy))
        .group_by(t.c.n, t.c.currency, s.c.reason, s.c.feedback)
    )
    return list(connection.execute(query).mappings())


def left(t: CTE, policy: str) -> Any:
    """Those of `touched` who left, with the movement and the subscription that ended it."""
    ended = and_(
        m.c.customer_id == t.c.customer_id,
        m.c.policy == policy,
        m.c.currency == t.c.currency,
        m.c.occurred_at == t.c.left_at,
    )
    return t.join(m, ended).outerjoin(s, s.c.subscription_id == m.c.subscription_id)


def trials(
    connection: Connection, policy: str, spans: Sequence[Span], currency: str | None = None
) -> list[RowMapping]:
    """``n, currency, ended, active``: trials by when they ended, and those that became active.

    One that has ended since was active where MRR came of it at its trial's end or later.
    """
    span = table_of(spans)
    tried = s.c.trial_start.is_not(None)
    over = case((s.c.ended_at < s.c.trial_end, s.c.ended_at), else_=s.c.trial_end)
    came = (
        select(m.c.movement_id)
        .where(
            m.c.customer_id == s.c.customer_id,
            m.c.policy == policy,
            m.c.subscription_id == s.c.subscription_id,
            m.c.occurred_at >= s.c.trial_end,
            m.c.delta_minor > 0,
        )
        .exists()
    )
    active = or_(
        s.c.status.in_(("active", "past_due", "unpaid")),
        and_(~s.c.live, s.c.ended_at > s.c.trial_end, came),
    )
    query = (
        select(
            span.c.n,
            s.c.currency,
            func.count().label("ended"),
            func.sum(case((active, 1), else_=0)).label("active"),
        )
        .select_from(span.join(s, within(over, span)))
        .where(
            s.c.status != "trialing",  # its end has passed and Stripe's event is awaited
            # It is one of the two, and of each there is an index of trials alone: said of both
            # together, SQLite looks through every trial.
            or_(and_(tried, within(s.c.trial_end, span)), and_(tried, within(s.c.ended_at, span))),
            *_only(currency, s.c.currency),
        )
        .group_by(span.c.n, s.c.currency)
    )
    return list(connection.execute(query).mappings())


def currencies(connection: Connection, policy: str) -> list[str]:
    """Every currency in which MRR ever moved, the one with the most movements first."""
    query: Select[Any] = (
        select(m.c.currency)
        .where(m.c.policy == policy)
        .group_by(m.c.currency)
        .order_by(func.count().desc(), by_bytes(m.c.currency))
    )
    return [str(row[0]) for row in connection.execute(query)]
