"""What is looked at before a request is added: the same one waiting, and whether it makes sense."""

from __future__ import annotations

from sqlalchemy import Connection, exists, or_, select

from .tables import customers, findings, requests


def already_waiting(connection: Connection, action: str, subject: str) -> int | None:
    """The number of the same request that still waits."""
    query = select(requests.c.request_id).where(
        requests.c.state == "waiting", requests.c.action == action, requests.c.subject == subject
    )
    return connection.execute(query.order_by(requests.c.request_id).limit(1)).scalar()


def known_customer(connection: Connection, customer_id: str) -> bool:
    """Whether the projection has the customer, or a finding says that it should."""
    query = select(
        or_(
            exists().where(customers.c.customer_id == customer_id),
            exists().where(findings.c.customer_id == customer_id),
        )
    )
    return bool(connection.execute(query).scalar_one())
