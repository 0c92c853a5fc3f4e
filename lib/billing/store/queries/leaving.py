"""What is winding down week by week, who is behind a schedule, and what left in a month."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, func, select, union_all

from .. import dialect
from ..tables import customers as c
from ..tables import movements as m
from ..tables import subscriptions as s
from .columns import QUARTER_HOUR, by_bytes

Part = Literal["plan", "reason"]
_REASON = func.coalesce(s.c.feedback, s.c.reason, "unknown")


def parts(connection: Connection, by: Part) -> list[RowMapping]:
    """``quarter_hour`` of the end, None where it is not known, ``part``, ``currency``, ``count``
    and ``amount_minor`` of all that is winding down. An unknown plan is called ""."""
    part: Any = func.coalesce(s.c.plan, "") if by == "plan" else _REASON
    quarter = (s.c.ends_at // QUARTER_HOUR).label("quarter_hour")
    query = (
        select(
            quarter,
            part.label("part"),
            s.c.currency,
            func.count().label("count"),
            func.sum(s.c.value_minor).label("amount_minor"),
        )
        .where(s.c.winding_down, s.c.live)
        .group_by(quarter, part, s.c.currency)
    )
    # Asked apart, SQLite takes the index of the ends and not a longer one that holds them too.
    known, unknown = query.where(s.c.ends_at.is_not(None)), query.where(s.c.ends_at.is_(None))
    each = union_all(known, unknown).subquery().c
    ordered = select(*each).order_by(
        each.quarter_hour.asc().nulls_last(), by_bytes(each.part), by_bytes(each.currency)
    )
    return list(connection.execute(ordered).mappings())


def behind(connection: Connection, customer_ids: Collection[str]) -> dict[str, RowMapping]:
    """Customer → ``name, email, org_id``, of those who are known."""
    query = select(c.c.customer_id, c.c.name, c.c.email, c.c.org_id).where(
        c.c.customer_id.in_(sorted(customer_ids))
    )
    return {row["customer_id"]: row for row in connection.execute(query).mappings()}


def sold(connection: Connection, subscription_ids: Collection[str]) -> dict[str, RowMapping]:
    """Subscription → ``plan, status, reason, comment`` as it is now, of those that are known;
    the reason is feedback, else Stripe's."""
    query = select(
        s.c.subscription_id,
        s.c.plan,
        s.c.status,
        func.coalesce(s.c.feedback, s.c.reason).label("reason"),
        s.c.comment,
    ).where(s.c.subscription_id.in_(sorted(subscription_ids)))
    return {row["subscription_id"]: row for row in connection.execute(query).mappings()}


def fallen(connection: Connection, policy: str, starts: int, ends: int) -> list[dict[str, Any]]:
    """What churn and contraction took in ``starts <= second < ends``: ``customer_id, currency,
    subscription_id, minor`` above 0, and ``kind, plan, at`` of the latest of them."""
    query = (
        select(
            m.c.customer_id,
            m.c.currency,
            m.c.subscription_id,
            m.c.kind,
            m.c.from_plan.label("plan"),
            m.c.occurred_at.label("at"),
            (-m.c.delta_minor).label("minor"),
        )
        .where(
            m.c.policy == policy,
            m.c.kind.in_(("churn", "contraction")),
            m.c.occurred_at >= starts,
            m.c.occurred_at < ends,
        )
        .order_by(m.c.occurred_at, by_bytes(m.c.movement_id))
    )
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for row in connection.execute(query.execution_options(yield_per=2_000)).mappings():
        key = (row["customer_id"], row["currency"], row["subscription_id"])
        before = found[key]["minor"] if key in found else 0
        found[key] = {**row, "minor": int(row["minor"]) + before}
    return list(found.values())


def with_schedules(connection: Connection, before: int) -> set[str]:
    """Customers of whom a subscription schedule was seen before that second."""
    sign = dialect.mark(connection)
    rows = dialect.fetch(
        connection,
        "SELECT DISTINCT customer_id FROM observations WHERE customer_id IS NOT NULL "  # noqa: S608
        f"AND object_type = {sign} AND effective < {sign}",
        "schedule",
        before,
    )
    return {str(row[0]) for row in rows}
