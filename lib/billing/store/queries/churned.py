"""Who left in a stretch of time, one by one, and which part of the customers they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    case,
    func,
    literal_column,
    select,
)

from ...domain.filters import EVERYTHING, Filters
from ..tables import customers as c
from ..tables import movements as m
from ..tables import subscriptions as s
from .churn import left, touched
from .churn_parts import band
from .columns import by_bytes, one_of_plans
from .named import Named, condition, joins_customers, wanted_by
from .paging import Only, Order, Page, by, by_customer, counted, ids, looked_up, of_named, too_many
from .spans import Span

_CHURN: ColumnElement[str] = literal_column("'churn'")  # spelled out: an index is of these alone
_INVOLUNTARY = ("payment_failed", "payment_disputed")
_REASON = func.coalesce(s.c.feedback, s.c.reason, "unknown")
_CAUSE = case(
    (s.c.reason == "cancellation_requested", "voluntary"),
    (s.c.reason.in_(_INVOLUNTARY), "involuntary"),
    else_="unknown",
)
_ID = by_bytes(m.c.movement_id)
_IDS = (m.c.customer_id, m.c.subscription_id)


class Leavers:
    """Those who left in ``span``, each once. ``months``: see `queries.churn.touched`; without them
    who left is who has a churn movement, and the last one of each tells of it."""

    def __init__(self, policy: str, span: Span, months: Sequence[Span], filters: Filters) -> None:
        self._policy, self._span, self._filters = policy, span, filters
        self._months = months
        self._joined_at = _first(policy, m.c.customer_id, m.c.currency)
        self._known: Named | None = None

    def page(self, connection: Connection) -> Page:
        """One page of them, by itself the latest first."""
        found = self._found(connection)
        query = self._narrowed(self._select(m.c.movement_id, found=found), found)
        shown = ids(connection, query, _ID, self._order(), self._filters)
        every = self._select(*self._columns(), m.c.movement_id, known=True)
        return looked_up(connection, every, m.c.movement_id, shown)

    def every(self, connection: Connection) -> list[RowMapping]:
        """All of them for a report, by time and then ids."""
        query = self._narrowed(self._select(*self._columns(), known=True)).order_by(
            m.c.occurred_at, by_bytes(m.c.customer_id), by_bytes(m.c.currency)
        )
        return list(connection.execute(query).mappings())

    def sums(self, connection: Connection) -> Sequence[RowMapping]:
        """``currency, count, amount_minor``: MRR that they had. See `paging.too_many`."""
        found = self._found(connection)
        return of_named(lambda named: self._sums(connection, named), found, self._filters)

    def too_many(self, sums: Sequence[RowMapping]) -> bool:
        """See `paging.too_many`."""
        return too_many(sums, self._filters, self._known)

    def _found(self, connection: Connection) -> Named | None:
        if self._known is None:
            self._known = wanted_by(connection, self._filters)
        return self._known

    def _sums(self, connection: Connection, found: Named | None) -> list[RowMapping]:
        query = self._select(m.c.currency, m.c.before_minor, found=found)
        along = m.c.occurred_at.desc()
        each = counted(self._narrowed(query, found), self._filters, along, Only(found)).c
        added = select(
            each.currency,
            func.count().label("count"),
            func.sum(each.before_minor).label("amount_minor"),
        ).group_by(each.currency)
        return list(connection.execute(added).mappings())

    def choices(self, connection: Connection) -> list[RowMapping]:
        """Every combination of ``plan, interval, reason`` of the unfiltered list, as far as it is
        counted."""
        query = self._select(
            m.c.from_plan.label("plan"),
            m.c.from_interval.label("interval"),
            _REASON.label("reason"),
        )
        if self._filters.currencies:
            query = query.where(m.c.currency.in_(self._filters.currencies))
        each = counted(query, EVERYTHING, m.c.occurred_at.desc())
        return list(connection.execute(select(each).distinct()).mappings())

    def _order(self) -> Order:
        down = self._filters.descending
        match self._filters.sort:
            case "left_at":
                return by(m.c.occurred_at, descending=down, maybe=False)
            case "mrr_minor":
                return by(m.c.before_minor, descending=down, maybe=False)
            case "plan":
                return by(m.c.from_plan, descending=down)
            case "reason":
                return by(_REASON, descending=down)
            case "customer":
                return by_customer(self._left(), m.c.customer_id, descending=down)
        return by(m.c.occurred_at, descending=True, maybe=False)

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

    def _left(self) -> Any:
        if self._months:
            return left(touched(self._policy, [self._span], None, self._months), self._policy)
        return m.outerjoin(s, s.c.subscription_id == m.c.subscription_id)

    def _select(
        self, *columns: Any, known: bool = False, found: Named | None = None
    ) -> Select[Any]:
        source = self._left()
        if known or joins_customers(found, self._filters.text):
            source = source.outerjoin(c, c.c.customer_id == m.c.customer_id)
        query = select(*columns).select_from(source)
        if self._months:
            return query
        later = m.alias("later")
        # A value, not EXISTS: that is made a join with everybody who ever left.
        again = select(func.min(later.c.occurred_at)).where(
            later.c.customer_id == m.c.customer_id,
            later.c.policy == self._policy,
            later.c.currency == m.c.currency,
            later.c.kind == _CHURN,
            later.c.occurred_at > m.c.occurred_at,
            later.c.occurred_at < self._span.ends,
        )
        return query.where(
            m.c.policy == self._policy,
            m.c.kind == _CHURN,
            m.c.occurred_at >= self._span.starts,
            m.c.occurred_at < self._span.ends,
            again.scalar_subquery().is_(None),
        )

    def _narrowed(self, query: Select[Any], found: Named | None = None) -> Select[Any]:
        filters = self._filters
        if filters.text:
            others = (c.c.email, c.c.name, c.c.org_id)
            query = query.where(condition(found, filters.text, _IDS, others))
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
            stay = band(self._span.starts, self._joined_at)
            query = query.where(stay.in_(filters.stays))
        return query


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
