"""What is owed: open invoices by age, and how what was owed rose and fell."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from ...domain import policy
from ...domain.ageing import BUCKETS
from ..tables import invoices as i
from ..tables import subscriptions as s
from .columns import QUARTER_HOUR
from .spans import Span

# A customer's invoice may name what has become another's; its fold knows nothing of that one. As
# two equations PostgreSQL would expect next to no rows of it.
_OWN: Final = func.coalesce(s.c.customer_id == i.c.customer_id, false())
JOINED: Final = i.outerjoin(s, and_(s.c.subscription_id == i.c.subscription_id, _OWN))
ENDED: Final = s.c.status.in_(sorted(policy.ENDED))
OPEN: Final = i.c.status == literal_column("'open'")  # spelled out: the index is of these alone
DUE_SINCE: Final = func.coalesce(i.c.due_at, i.c.finalized_at, i.c.created_at)

CLOSED: Final = i.c.status.in_(("paid", "void", "uncollectible"))
ISSUED: Final = func.coalesce(i.c.finalized_at, i.c.created_at)
LEFT: Final = func.coalesce(i.c.uncollectible_at, i.c.voided_at, i.c.paid_at, ISSUED)
OWED: Final = case(
    (i.c.status == "paid", i.c.amount_due_minor),
    (i.c.status == "open", i.c.amount_remaining_minor),
    else_=i.c.amount_due_minor - i.c.amount_paid_minor,
)


def bucket(now: int) -> ColumnElement[str]:
    """The ageing bucket at ``now``, as `domain.ageing.bucket_of`."""
    past = literal(now) - DUE_SINCE
    bounded = [(past <= most, literal(name)) for name, most in BUCKETS.items() if most is not None]
    return case(
        (DUE_SINCE.is_(None), literal("not_due")), *bounded, else_=literal(list(BUCKETS)[-1])
    )


def ageing(
    connection: Connection, now: int, currency: str | None = None, *, due: Span | None = None
) -> list[RowMapping]:
    """``currency, bucket, ended (0 or 1), count, amount_minor`` of every open invoice; of those
    alone that are ``due`` in a span."""
    age = bucket(now).label("bucket")
    ended = case((ENDED, 1), else_=0).label("ended")
    query = (
        select(
            i.c.currency,
            age,
            ended,
            func.count().label("count"),
            func.sum(i.c.amount_remaining_minor).label("amount_minor"),
        )
        .select_from(JOINED)
        .where(OPEN)
        .group_by(i.c.currency, age, ended)
    )
    if due is not None:
        query = query.where(due.starts <= DUE_SINCE, due.ends > DUE_SINCE)
    if currency is not None:
        query = query.where(i.c.currency == currency)
    return list(connection.execute(query).mappings())


def standing(connection: Connection) -> list[RowMapping]:
    """``currency, method, owed_minor``: what is owed on open invoices as they stand."""
    method = i.c.collection_method.label("method")
    query = (
        select(i.c.currency, method, func.sum(OWED).label("owed_minor"))
        .where(OPEN, i.c.currency.is_not(None))
        .group_by(i.c.currency, method)
    )
    return list(connection.execute(query).mappings())


def flows(
    connection: Connection, currency: str | None = None, *, since: int | None = None
) -> list[RowMapping]:
    """``quarter_hour, currency, method, issued_minor, owed_minor`` in time: what was invoiced, and
    by how much what was owed changed.

    ``owed_minor`` rises when an invoice is finalised and falls when it is paid, voided or written
    off, by what was not paid in parts.
    """
    issued: Any = select(
        (ISSUED // QUARTER_HOUR).label("quarter_hour"),
        i.c.currency,
        i.c.collection_method.label("method"),
        i.c.amount_due_minor.label("issued_minor"),
        OWED.label("owed_minor"),
    ).where(i.c.status != "draft", i.c.status.is_not(None), ISSUED.is_not(None))
    closed: Any = select(
        (LEFT // QUARTER_HOUR).label("quarter_hour"),
        i.c.currency,
        i.c.collection_method.label("method"),
        literal(0).label("issued_minor"),
        (-OWED).label("owed_minor"),
    ).where(CLOSED, LEFT.is_not(None))
    each = union_all(issued, closed).subquery()
    query = (
        select(
            each.c.quarter_hour,
            each.c.currency,
            each.c.method,
            func.sum(each.c.issued_minor).label("issued_minor"),
            func.sum(each.c.owed_minor).label("owed_minor"),
        )
        .where(each.c.currency.is_not(None))
        .group_by(each.c.quarter_hour, each.c.currency, each.c.method)
        .order_by(each.c.quarter_hour)
    )
    if currency is not None:
        query = query.where(each.c.currency == currency)
    if since is not None:
        query = query.where(each.c.quarter_hour >= since // QUARTER_HOUR)
    return list(connection.execute(query).mappings())
