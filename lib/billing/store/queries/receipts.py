"""The rows behind a number of the roll-forward, a page at a time, and what all of them sum to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, literal, select, union_all

from ..tables import customers as c
from ..tables import movements as m
from ..tables import runway
from .columns import by_bytes


def movements(
    connection: Connection,
    policy: str,
    currency: str,
    kind: str,
    span: tuple[int, int],
    page: tuple[int, int],
) -> list[RowMapping]:
    """One page (limit, offset) of the movements of one kind in a period, the newest first."""
    found = (
        _moved(policy, currency, kind, span, m)
        .order_by(m.c.occurred_at.desc(), by_bytes(m.c.movement_id))
        .limit(page[0])
        .offset(page[1])
        .subquery()
    )
    query = (
        select(found, c.c.name, c.c.email, c.c.org_id)
        .select_from(found.outerjoin(c, c.c.customer_id == found.c.customer_id))
        .order_by(found.c.occurred_at.desc(), by_bytes(found.c.movement_id))
    )
    return list(connection.execute(query).mappings())


def moved(
    connection: Connection, policy: str, currency: str, kind: str, span: tuple[int, int]
) -> tuple[int, int]:
    """How many movements that are, and what they sum to."""
    query = _moved(policy, currency, kind, span, func.count(), func.sum(m.c.delta_minor))
    count, minor = connection.execute(query).one()
    return int(count), int(minor or 0)


def _moved(
    policy: str, currency: str, kind: str, span: tuple[int, int], *columns: Any
) -> Select[Any]:
    return select(*columns).where(
        m.c.policy == policy,
        m.c.currency == currency,
        m.c.kind == kind,
        m.c.occurred_at >= span[0],
        m.c.occurred_at < span[1],
    )


def balances(
    connection: Connection,
    policy: str,
    currency: str,
    before: int,
    page: tuple[int, int],
    *,
    committed: bool = False,
) -> list[RowMapping]:
    """One page of what each customer paid a month when ``before`` began, the largest first.

    ``committed``: without what leaves. Customers at zero are no rows.
    """
    held = _held(policy, currency, before, committed).subquery()
    query = (
        select(held, c.c.name, c.c.email, c.c.org_id)
        .select_from(held.outerjoin(c, c.c.customer_id == held.c.customer_id))
        .order_by(held.c.amount_minor.desc(), by_bytes(held.c.customer_id))
    )
    return list(connection.execute(query.limit(page[0]).offset(page[1])).mappings())


def held(
    connection: Connection, policy: str, currency: str, before: int, *, committed: bool = False
) -> tuple[int, int]:
    """How many customers that are, and what they sum to."""
    each = _held(policy, currency, before, committed).subquery()
    count, minor = connection.execute(select(func.count(), func.sum(each.c.amount_minor))).one()
    return int(count), int(minor or 0)


def _held(policy: str, currency: str, before: int, committed: bool) -> Select[Any]:
    parts = [
        select(m.c.customer_id, m.c.delta_minor.label("minor"), m.c.occurred_at.label("at")).where(
            m.c.policy == policy, m.c.currency == currency, m.c.occurred_at < before
        )
    ]
    if committed:
        parts.append(
            select(runway.c.customer_id, -runway.c.minor, literal(0)).where(
                runway.c.currency == currency
            )
        )
    each = union_all(*parts).subquery()
    amount = func.sum(each.c.minor)
    return (
        select(
            each.c.customer_id,
            amount.label("amount_minor"),
            func.max(each.c.at).label("since"),
        )
        .group_by(each.c.customer_id)
        .having(amount != 0)
    )
