"""What each customer pays a month, and since when it has not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from ..tables import movements as m
from ..tables import subscriptions as s


@dataclass(frozen=True, slots=True)
class Paid:
    """MRR of one customer in one currency. ``uncounted``: subscriptions without a known MRR."""

    currency: str | None
    mrr_minor: int
    uncounted: int


def mrr_by_customer(connection: Connection, among: Sequence[str]) -> dict[str, list[Paid]]:
    """Customers ``among`` these with a live subscription, currencies sorted."""
    query = (
        select(
            s.c.customer_id,
            s.c.currency,
            func.coalesce(func.sum(s.c.mrr_minor), 0),
            func.sum(case((s.c.mrr_minor.is_(None), 1), else_=0)),
        )
        .where(s.c.live, s.c.customer_id.in_(among))
        .group_by(s.c.customer_id, s.c.currency)
    )
    found: defaultdict[str, list[Paid]] = defaultdict(list)
    for customer_id, currency, minor, uncounted in connection.execute(query):
        found[customer_id].append(Paid(currency, int(minor), int(uncounted)))
    for paid in found.values():
        paid.sort(key=lambda each: each.currency or "")
    return dict(found)


def stopped_paying(connection: Connection, policy: str, among: Sequence[str]) -> dict[str, int]:
    """When MRR of each customer ``among`` these last came to zero in some currency, unix second."""
    # Not "where": PostgreSQL would read the index of everybody who ever left, for a thousand.
    stopped = func.max(case((m.c.kind == "churn", m.c.occurred_at)))
    query = (
        select(m.c.customer_id, stopped)
        .where(m.c.policy == policy, m.c.customer_id.in_(among))
        .group_by(m.c.customer_id)
        .having(stopped.is_not(None))
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def began(connection: Connection, among: Sequence[str]) -> dict[str, tuple[int | None, str | None]]:
    """When each live subscription of customers ``among`` these began (its trial, else itself),
    and its currency."""
    start = func.coalesce(s.c.trial_start, s.c.start_date, s.c.created_at)
    query = select(s.c.subscription_id, start, s.c.currency)
    rows = connection.execute(query.where(s.c.live, s.c.customer_id.in_(among)))
    return {row[0]: (row[1], row[2]) for row in rows}
