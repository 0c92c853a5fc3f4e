"""The dashboard's own rows: requests to the one writer, and acknowledged differences."""

from __future__ import annotations

from sqlalchemy import Connection, exists, insert, or_, select

from .tables import customers, findings, requests


def add(
    connection: Connection, at: int, staff: str, action: str, subject: str, reason: str | None
) -> int:
    """A new request that waits to be carried out; gives its number."""
    row = {
        "at": at,
        "staff": staff,
        "action": action,
        "subject": subject,
        "reason": reason,
        "state": "waiting",
    }
    query = insert(requests).values(row).returning(requests.c.request_id)
    return int(connection.execute(query).scalar_one())


def waiting(connection: Connection, action: str, subject: str) -> int | None:
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
