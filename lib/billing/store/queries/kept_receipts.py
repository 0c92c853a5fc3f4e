"""The rows behind a number of the roll-forward, found by index and summed by the kept sums.

Only of the projection itself, where `cut_days.ready`. Each function gives what its namesake
in `receipts` gives, where each movement begins where the one before it ended.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    select,
)

from ...domain.times import day_start, local_date
from ..tables import customers as c
from ..tables import movements as m
from ..tables import rollups as r
from ..tables import turnover as u
from . import kept_turnover, outlook
from .columns import by_bytes, first_found
from .cut_days import Cut
from .spans import Span

EVER: Final = 1 << 40
"""A second after every movement."""
LOOKED_AT: Final = 50


def moved(
    connection: Connection,
    policy: str,
    timezone: str,
    currency: str,
    kind: str,
    span: Span,
) -> tuple[int, int]:
    """How many movements of a kind there are in a span that begins when a day does, and what they
    sum to."""
    cut = Cut(connection, policy, timezone, [span])
    rows = kept_turnover.flows(connection, cut, policy, currency)
    found = [row for row in rows if row["kind"] == kind]
    return sum(row["count"] for row in found), sum(row["delta_minor"] for row in found)


def held(
    connection: Connection, policy: str, timezone: str, currency: str, before: int
) -> tuple[int, int]:
    """How many customers paid when ``before`` began, and how much together."""
    day = local_date(before, timezone)
    people = select(func.sum(u.c.count)).where(
        u.c.kind == "held",
        u.c.policy == policy,
        u.c.currency == currency,
        u.c.day < day.isoformat(),
    )
    minor = select(func.sum(r.c.minor)).where(
        r.c.kind == "movement",
        r.c.policy == policy,
        r.c.currency == currency,
        r.c.bucket < day.isoformat(),
    )
    rest = select(
        func.sum(case((m.c.after_minor != 0, 1), else_=0))
        - func.sum(case((m.c.before_minor != 0, 1), else_=0)),
        func.sum(m.c.delta_minor),
    ).where(
        m.c.policy == policy,
        m.c.currency == currency,
        m.c.occurred_at >= day_start(day, timezone),
        m.c.occurred_at < before,
    )
    more, moved_minor = connection.execute(rest).one()
    return (
        int(connection.scalar(people) or 0) + int(more or 0),
        int(connection.scalar(minor) or 0) + int(moved_minor or 0),
    )


def balances(
    connection: Connection, policy: str, currency: str, before: int, page: tuple[int, int]
) -> list[RowMapping]:
    """One page of what each customer paid a month when ``before`` began, the largest first."""
    found = (
        _last(policy, currency, before)
        .order_by(m.c.after_minor.desc(), by_bytes(m.c.customer_id))
        .limit(page[0])
        .offset(page[1])
        .subquery()
    )
    query = (
        select(found, c.c.name, c.c.email, c.c.org_id)
        .select_from(found.outerjoin(c, c.c.customer_id == found.c.customer_id))
        .order_by(found.c.amount_minor.desc(), by_bytes(found.c.customer_id))
    )
    return list(connection.execute(query).mappings())


def largest(connection: Connection, policy: str, currency: str, limit: int) -> list[RowMapping]:
    """`outlook.largest`: the exact MRR of those whose movements reach highest.

    What subscriptions count is never more than where movements are, which keep what cannot be
    valued. Where those looked at do not settle who is first, everybody is.
    """
    looked_at = max(LOOKED_AT, 2 * limit)
    seen = balances(connection, policy, currency, EVER, (looked_at, 0))
    among = sorted(row["customer_id"] for row in seen)
    found = outlook.largest(connection, currency, limit, among=among)
    if len(seen) == looked_at and len(found) == limit:
        # Both are in the same order: whoever was not looked at comes after the last of these.
        if _place(found[-1], "minor") <= _place(seen[-1], "amount_minor"):
            return found
    return outlook.largest(connection, currency, limit)


def _place(row: RowMapping, amount: str) -> tuple[int, str]:
    return -int(row[amount]), str(row["customer_id"])


def _last(policy: str, currency: str, before: int) -> Select[Any]:
    """Where each customer's last movement before that second left it, but for those at zero."""
    later = m.alias("later")
    followed = exists().where(
        and_(
            later.c.customer_id == m.c.customer_id,
            later.c.policy == policy,
            later.c.currency == currency,
            later.c.occurred_at > m.c.occurred_at,
            later.c.occurred_at < before,
        )
    )
    return select(
        m.c.customer_id,
        m.c.after_minor.label("amount_minor"),
        m.c.occurred_at.label("since"),
    ).where(
        m.c.policy == policy,
        m.c.currency == currency,
        # Along the index of what movements reach, and not of all until then.
        first_found(m.c.occurred_at) < before,
        m.c.after_minor != literal_column("0"),
        ~followed,
    )
