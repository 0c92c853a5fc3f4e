"""On which plan whose MRR stood at earlier times, summed by the database.

Reckoned back from what is held now: a customer stands where the first movement from that time on
says that it came from, with the MRR it had then; without one, where its subscriptions are. So the
last time equals the plan mix, every time sums to what the roll-forward closes with, and the cost
is that of the movements since the first of the times. A customer of several plans stood, before
its last movement, on that of its largest subscription with all of its MRR: movements say no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from ...domain.plan_moves import UNKNOWN, Held
from ..tables import movements as m
from ..tables import subscriptions as s
from .spans import Span, table_of, within

EVER: Final = 1 << 40
"""A second after every movement."""

Standing = dict[str, Held]
"""Plan → its customers and their MRR; the plan is "" where the catalogue does not know it."""


def now(connection: Connection, currency: str) -> Standing:
    """What is held now, as the plan mix counts it."""
    query = (
        select(s.c.plan, func.count(s.c.customer_id.distinct()), func.sum(s.c.mrr_minor))
        .where(s.c.mrr_minor > 0, s.c.currency == currency)
        .group_by(s.c.plan)
    )
    return {
        plan or UNKNOWN: Held(int(customers), int(minor))
        for plan, customers, minor in connection.execute(query)
    }


def at_seconds(
    connection: Connection, policy: str, currency: str, seconds: Sequence[int]
) -> list[Standing]:
    """What was held when each of ``seconds``, in ascending order, began."""
    if not seconds:
        return []
    spans = [Span(a, b) for a, b in zip(seconds, [*seconds[1:], EVER], strict=True)]
    changes: list[Counter[tuple[str, int]]] = [Counter() for _ in [*spans, None]]

    def holds(since: int, until: int, plan: str, held: Held, sign: int = 1) -> None:
        for part, amount in enumerate(held):
            changes[since][plan, part] += sign * amount
            changes[until + 1][plan, part] -= sign * amount

    for plan, held in now(connection, currency).items():
        holds(0, len(spans) - 1, plan, held)
    for n, plan, held in _since_moved(connection, policy, currency, spans):
        holds(0, n, plan, held, -1)
    for since, until, plan, held in _stood(connection, policy, currency, spans):
        holds(since, until, plan, held)
    found, sums = [], Counter[tuple[str, int]]()
    for change in changes[:-1]:
        for key, amount in change.items():
            sums[key] += amount
        plans = sorted({plan for (plan, _), amount in sums.items() if amount})
        found.append({plan: Held(sums[plan, 0], sums[plan, 1]) for plan in plans})
    return found


def _since_moved(
    connection: Connection, policy: str, currency: str, spans: Sequence[Span]
) -> list[tuple[int, str, Held]]:
    """What is held now by those who have moved: (span of their last movement, plan, held)."""
    last = (
        select(m.c.customer_id, func.max(m.c.occurred_at).label("at"))
        .where(
            m.c.policy == policy,
            m.c.currency == currency,
            m.c.occurred_at >= spans[0].starts,
        )
        .group_by(m.c.customer_id)
        .cte("last")
    )
    span = table_of(spans)
    query = (
        select(
            span.c.n,
            s.c.plan,
            func.count(s.c.customer_id.distinct()),
            func.sum(s.c.mrr_minor),
        )
        .select_from(
            last.join(s, s.c.customer_id == last.c.customer_id).join(span, within(last.c.at, span))
        )
        .where(s.c.mrr_minor > 0, s.c.currency == currency)
        .group_by(span.c.n, s.c.plan)
    )
    return [
        (int(n), plan or UNKNOWN, Held(int(customers), int(minor)))
        for n, plan, customers, minor in connection.execute(query)
    ]


def _stood(
    connection: Connection, policy: str, currency: str, spans: Sequence[Span]
) -> list[tuple[int, int, str, Held]]:
    """What was held before a movement: (first time, last time at which it was, plan, held)."""
    span = table_of(spans)
    dated = (
        select(
            span.c.n,
            m.c.customer_id,
            m.c.from_plan,
            m.c.before_minor,
            func.row_number()
            .over(partition_by=(m.c.customer_id, span.c.n), order_by=m.c.occurred_at)
            .label("nth"),
        )
        .select_from(span.join(m, within(m.c.occurred_at, span)))
        .where(m.c.policy == policy, m.c.currency == currency)
        .subquery("dated")
    )
    earlier = func.lag(dated.c.n).over(partition_by=dated.c.customer_id, order_by=dated.c.n)
    first = (
        select(
            dated.c.n,
            dated.c.from_plan,
            dated.c.before_minor,
            (func.coalesce(earlier, -1) + 1).label("since"),
        )
        .where(dated.c.nth == 1)
        .subquery("first")
    )
    query = (
        select(
            first.c.since,
            first.c.n,
            first.c.from_plan,
            func.count(),
            func.sum(first.c.before_minor),
        )
        .where(first.c.before_minor > 0)
        .group_by(first.c.since, first.c.n, first.c.from_plan)
    )
    return [
        (int(since), int(n), plan or UNKNOWN, Held(int(customers), int(minor)))
        for since, n, plan, customers, minor in connection.execute(query)
    ]
