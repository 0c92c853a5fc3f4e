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
    born = m.c.kind == "new"
    if ends is not None:
        born = and_(born, m.c.occurred_at < ends)
    # In one pass: a table joined with itself is a square to SQLite, which keeps no hash of it.
    cohort = func.min(case((born, month.c.n))).over(partition_by=(m.c.customer_id, m.c.currency))
    moved = (
        select(
            m.c.currency,
            cohort.label("cohort"),
            month.c.n.label("month"),
            PRESENCE.label("customers"),
            m.c.delta_minor.label("minor"),
            case((m.c.kind == "new", 1), else_=0).label("joined"),
        )
        .select_from(month.join(m, and_(m.c.policy == policy, within(m.c.occurred_at, month))))
        .where(*([] if currency is None else [m.c.currency == currency]))
    )
    # Nobody moves before the first MRR.
    dated = bounded(moved, m.c.occurred_at, starts, None).subquery("dated")
    d = dated.c
    query = (
        select(
            d.currency,
            d.cohort,
            d.month,
            func.sum(d.customers).label("customers"),
            func.sum(d.minor).label("minor"),
            func.sum(d.joined).label("joined"),
        )
        .where(d.cohort.is_not(None))
        .group_by(d.currency, d.cohort, d.month)
    )
    return list(connection.execute(query).mappings())
