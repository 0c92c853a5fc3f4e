"""Customers who share an organization or an e-mail address with another."""

from __future__ import annotations

from sqlalchemy import Connection, case, exists, func, or_, select

from ...domain.flow_situation import Neighbour
from ...domain.rows import CustomerRow
from ..tables import customers, subscriptions
from .columns import by_bytes

_MOST = 50


def neighbours_of(connection: Connection, customer: CustomerRow) -> list[Neighbour]:
    """At most fifty, the live ones first, then the newest; deleted ones left out."""
    c, s = customers.c, subscriptions.c
    org = c.org_id == customer.org_id
    email = func.lower(c.email) == func.lower(customer.email)
    shared = [
        condition
        for condition, known in ((org, customer.org_id), (email, customer.email))
        if known is not None
    ]
    if not shared:
        return []
    live = exists().where(s.customer_id == c.customer_id, s.live)
    query = (
        select(c.customer_id, c.org_id, c.email, c.created_at, case((live, 1), else_=0).label("on"))
        .where(or_(*shared), c.customer_id != customer.customer_id, ~c.deleted)
        .order_by(live.desc(), c.created_at.desc().nulls_last(), by_bytes(c.customer_id))
        .limit(_MOST)
    )
    return [
        Neighbour(
            customer_id=row.customer_id,
            same_org=customer.org_id is not None and row.org_id == customer.org_id,
            same_email=_same(customer.email, row.email),
            live=bool(row.on),
            created_at=row.created_at,
        )
        for row in connection.execute(query)
    ]


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() == other.casefold()
