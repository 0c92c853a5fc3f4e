"""Who left in a stretch of time, one by one, and which part of the customers they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal,
    select,
)

from ...domain.filters import Filters
from ...domain.stays import BANDS, JOINED
from ...domain.times import DAY
from ..tables import customers as c
from ..tables import movements as m
from ..tables import subscriptions as s
from .churn import left, touched
from .columns import any_contains, by_bytes, one_of_plans, ordered
from .spans import Span

_INVOLUNTARY = ("payment_failed", "payment_disputed")
_REASON = func.coalesce(s.c.feedback, s.c.reason, "unknown")
_CAUSE = case(
    (s.c.reason == "cancellation_requested", "voluntary"),
    (s.c.reason.in_(_INVOLUNTARY), "involuntary"),
    else_="unknown",
)
_SORTS = {
    "left_at": m.c.occurred_at,
    "mrr_minor": m.c.before_minor,
    "plan": m.c.from_plan,
    "reason": _REASON,
    "customer": func.lower(func.coalesce(c.c.name, c.c.email, m.c.customer_id)),
}


class Leavers:
    """Those who left in ``span``, each once. ``months``: see `queries.churn.touched`."""

    def __init__(self, policy: str, span: Span, months: Sequence[Span], filters: Filters) -> None:
        self._policy, self._span, self._filters = policy, span, filters
        self._touched = touched(policy, [span], None, months)
        self._joined_at = _first(policy, m.c.customer_id, m.c.currency)

    def page(self, connection: Connection) -> list[RowMapping]:
        """One page of them, by itself the latest first."""
        query = ordered(
            self._narrowed(self._select(*self._columns())),
            self._filters,
            _SORTS,
            (m.c.occurred_at.desc(),),
            by_bytes(m.c.customer_id),
        )
        return list(connection.execute(query).mappings())

    def every(self, connection: Connection) -> list[RowMapping]:
        """All of them for a report, by time and then ids."""
        query = self._narrowed(self._select(*self._columns())).order_by(
            m.c.occurred_at, by_bytes(m.c.customer_id), by_bytes(m.c.currency)
        )
        return list(connection.execute(query).mappings())

    def sums(self, connection: Connection) -> list[RowMapping]:
        """``currency, count, amount_minor``: MRR that they had."""
        query = self._narrowed(
            self._select(
                m.c.currency,
                func.count().label("count"),
                func.sum(m.c.before_minor).label("amount_minor"),
            )
        ).group_by(m.c.currency)
        return list(connection.execute(query).mappings())

    def choices(self, connection: Connection) -> list[RowMapping]:
        """Every combination of ``plan, interval, reason`` of the unfiltered list."""
        query = self._select(
            m.c.from_plan.label("plan"),
            m.c.from_interval.label("interval"),
            _REASON.label("reason"),
        ).distinct()
        if self._filters.currencies:
            query = query.where(m.c.currency.in_(self._filters.currencies))
        return list(connection.execute(query).mappings())

    def _columns(self) -> tuple[Any, ...]:
        again = m.alias("again")
        back = (
            select(func.min(again.c.occurred_at))
            .where(
                again.c.customer_id == m.c.customer_id,
                again.c.policy == self._policy,
                again.c.currency == m.c.currency,
                again.c.kind == "reactivation",
                again.c.occurred_at > m.c.occurred_at,
            )
            .scalar_subquery()
        )
        return (
            m.c.occurred_at.label("left_at"),
            m.c.customer_id,
            c.c.org_id,
            c.c.email,
            c.c.name,
            m.c.subscription_id,
            m.c.from_plan.label("plan"),
            m.c.from_interval.label("interval"),
            m.c.before_minor.label("mrr_minor"),
            m.c.currency,
            _CAUSE.label("cause"),
            s.c.reason,
            s.c.feedback,
            s.c.comment,
            self._joined_at.label("joined_at"),
            back.label("back_at"),
            m.c.switched,
            m.c.event_id,
        )

    def _select(self, *columns: Any) -> Select[Any]:
        joined = left(self._touched, self._policy).outerjoin(c, c.c.customer_id == m.c.customer_id)
        return select(*columns).select_from(joined)

    def _narrowed(self, query: Select[Any]) -> Select[Any]:
        filters = self._filters
        if filters.text:
            fields = (c.c.email, c.c.name, c.c.org_id, m.c.customer_id, m.c.subscription_id)
            query = query.where(any_contains(fields, filters.text))
        if filters.plans:
            query = query.where(one_of_plans(m.c.from_plan, filters.plans))
        if filters.currencies:
            query = query.where(m.c.currency.in_(filters.currencies))
        if filters.intervals:
            query = query.where(m.c.from_interval.in_(filters.intervals))
        if filters.reasons:
            query = query.where(_REASON.in_(filters.reasons))
        if filters.causes:
            query = query.where(_CAUSE.in_(filters.causes))
        if filters.stays:
            band = _band(self._span.starts, self._joined_at)
            query = query.where(band.in_(filters.stays))
        return query


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
    last = and_(
        m.c.customer_id == known.c.customer_id,
        m.c.policy == policy,
        m.c.currency == currency,
        m.c.occurred_at == known.c.last_at,
        m.c.kind != "churn",
    )
    gone = and_(t.c.left_at.is_not(None), t.c.joined == 0, t.c.returned == 0)
    stay = _band(span.starts, known.c.joined_at)
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
        .select_from(known.join(m, last).outerjoin(t, t.c.customer_id == known.c.customer_id))
        .group_by(m.c.to_plan, m.c.to_interval, stay)
    )
    return list(connection.execute(query).mappings())


def _first(policy: str, customer: Any, currency: Any) -> Any:
    begun = m.alias("begun")
    return (
        select(func.min(begun.c.occurred_at))
        .where(
            begun.c.customer_id == customer,
            begun.c.policy == policy,
            begun.c.currency == currency,
        )
        .scalar_subquery()
    )


def _band(second: int, joined_at: ColumnElement[Any]) -> ColumnElement[Any]:
    """Which of `domain.stays.BANDS` it is, looked at from ``second``."""
    days = (literal(second, BigInteger) - joined_at) // DAY
    whens = [(joined_at >= second, JOINED)]
    whens += [(days < until, name) for name, _, until in BANDS if until is not None]
    return case(*whens, else_=BANDS[-1][0])
