"""Everything stored about one customer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from ...domain.rows import CustomerRow, MovementRow, SubscriptionRow
from ..tables import customers, movements, subscriptions
from .columns import by_bytes, value_of


def customers_of(connection: Connection, customer_ids: Sequence[str]) -> dict[str, CustomerRow]:
    """Some customers, by id."""
    query = select(customers).where(customers.c.customer_id.in_(customer_ids))
    rows = connection.execute(query).mappings()
    return {row["customer_id"]: value_of(CustomerRow, row) for row in rows}


def count_customers(connection: Connection) -> int:
    query = select(func.count()).select_from(customers).where(~customers.c.deleted)
    return int(connection.execute(query).scalar_one())


def same_org(connection: Connection, org_id: str, customer_id: str) -> list[str]:
    """The other customers of an organization."""
    query = (
        select(customers.c.customer_id)
        .where(customers.c.org_id == org_id, customers.c.customer_id != customer_id)
        .order_by(by_bytes(customers.c.customer_id))
    )
    return list(connection.execute(query).scalars())


def subscriptions_of(connection: Connection, customer_id: str) -> list[SubscriptionRow]:
    """One customer's subscriptions: live first, then the newest."""
    s = subscriptions.c
    query = (
        select(subscriptions)
        .where(s.customer_id == customer_id)
        .order_by(s.live.desc(), s.created_at.desc().nulls_last(), by_bytes(s.subscription_id))
    )
    return [value_of(SubscriptionRow, row) for row in connection.execute(query).mappings()]


def movements_of(connection: Connection, customer_id: str, policy: str) -> list[MovementRow]:
    """One customer's movements, oldest first."""
    m = movements.c
    query = (
        select(movements)
        .where(m.customer_id == customer_id, m.policy == policy)
        .order_by(m.occurred_at, by_bytes(m.currency))
    )
    return [value_of(MovementRow, row) for row in connection.execute(query).mappings()]
