"""Finding customers by anything that an agent has in hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, func, or_, select

from ..tables import customers, invoices, subscriptions
from .columns import by_bytes, contains

EXACT, BEGINS, WITHIN = 0, 1, 2

_FIELDS: tuple[tuple[str, Table, str], ...] = (
    ("customer", customers, "customer_id"),
    ("email", customers, "email"),
    ("org", customers, "org_id"),
    ("name", customers, "name"),
    ("subscription", subscriptions, "subscription_id"),
    ("invoice", invoices, "number"),
    ("invoice", invoices, "invoice_id"),
)


def _rank(column: ColumnElement[Any], text: str) -> ColumnElement[int]:
    folded = func.lower(column)
    return case(
        (or_(folded == text.lower(), column == text), EXACT),
        (folded.startswith(text.lower(), autoescape=True), BEGINS),
        else_=WITHIN,
    )


def _matches(table: Table, field: str, text: str, limit: int) -> Select[Any]:
    column: ColumnElement[Any] = table.c[field]
    rank = _rank(column, text).label("rank")
    return (
        select(table.c.customer_id, column.label("matched_text"), rank)
        .where(contains(column, text))
        .order_by(rank, func.lower(column), by_bytes(table.c.customer_id))
        .limit(limit)
    )


def matching_customers(connection: Connection, text: str, limit: int) -> list[tuple[str, str, str]]:
    """``(customer id, field, matched text)``, best first, each customer once, at most ``limit``."""
    best: dict[str, tuple[int, int, str, str, str]] = {}
    for order, (label, table, field) in enumerate(_FIELDS):
        for row in connection.execute(_matches(table, field, text, limit)):
            found = (int(row.rank), order, row.matched_text.lower(), label, row.matched_text)
            best[row.customer_id] = min(found, best.get(row.customer_id, found))
    ranked = sorted((hit, customer_id) for customer_id, hit in best.items())
    return [(customer_id, hit[3], hit[4]) for hit, customer_id in ranked[:limit]]


def find_customer_ids(connection: Connection, wanted: str) -> list[str]:
    """The customers that ``wanted`` names exactly: an id, else an org, else an e-mail."""
    for condition in (
        customers.c.customer_id == wanted,
        customers.c.org_id == wanted,
        func.lower(customers.c.email) == wanted.lower(),
    ):
        query = select(customers.c.customer_id).where(condition)
        found = connection.execute(query.order_by(by_bytes(customers.c.customer_id))).scalars()
        if ids := list(found):
            return ids
    return []
