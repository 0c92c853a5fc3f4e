"""What became of the customers whose first MRR fell into one month."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, and_, case, func, select

from ..tables import movements as m
from .columns import bounded
from .spans import Span, table_of, within

PRESENCE = case((m.c.kind.in_(("new", "reactivation")), 1), (m.c.kind == "churn", -1), else_=0)
"""By how many customers a movement makes a currency richer."""


def cells(
    connection: Connection,
    policy: str,
    months: Sequence[Span],
    currency: str | None = None,
    starts: int | None = None,
    ends: int | None = None,
) -> list[RowMapping]:
    """``currency, cohort, month, customers, minor, joined``: what each month changed in a cohort.

    ``cohort`` and ``month`` are positions in ``months``. ``customers`` may be below zero.
    Customers are those whose first MRR lies in ``starts <= second < ends``.
    """
    month = table_of(months, "months")
    dated = (
        select(
            month.c.n,
            m.c.customer_id,
            m.c.currency,
            m.c.occurred_at,
            m.c.kind,
            m.c.delta_minor,
            PRESENCE.label("presence"),
        )
        .select_from(month.join(m, and_(m.c.policy == policy, within(m.c.occurred_at, month))))
        .where(*([] if currency is None else [m.c.currency == currency]))
        .cte("dated")
    )
    first = bounded(
        select(dated.c.n, dated.c.customer_id, dated.c.currency).where(dated.c.kind == "new"),
        dated.c.occurred_at,
        starts,
        ends,
    ).cte("first")
    query = (
        select(
            first.c.currency,
            first.c.n.label("cohort"),
            dated.c.n.label("month"),
            func.sum(dated.c.presence).label("customers"),
            func.sum(dated.c.delta_minor).label("minor"),
            func.sum(case((dated.c.kind == "new", 1), else_=0)).label("joined"),
        )
        .select_from(
            first.join(
                dated,
                and_(
                    dated.c.customer_id == first.c.customer_id,
                    dated.c.currency == first.c.currency,
                ),
            )
        )
        .group_by(first.c.currency, first.c.n, dated.c.n)
    )
    return list(connection.execute(query).mappings())
