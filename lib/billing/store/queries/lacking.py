"""What the store knows of events and objects that Stripe lists: the local half of a comparison."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, or_, select

from .. import dialect
from ..tables import customers, inbox, invoices, subscriptions
from .columns import by_bytes, of_stripe

LIVE_INVOICES = ("draft", "open")


def states_of(connection: Connection, event_ids: Iterable[str]) -> dict[str, str]:
    """Event id -> applied, stale, ignored or failed, of those that ever arrived."""
    condition = dialect.among(connection, "event_id")
    rows = dialect.fetch(
        connection,
        f"SELECT event_id, state FROM inbox WHERE {condition}",  # noqa: S608 - no input
        dialect.keys(connection, sorted(event_ids)),
    )
    return {row[0]: row[1] for row in rows}


def began_at(connection: Connection, livemode: bool) -> int | None:
    """When the oldest event was made that arrived by itself; None when none ever did.

    What Stripe did before that was never meant to arrive: a new installation begins with a
    backfill. What reconcile fetched does not move the beginning.
    """
    query = (
        select(inbox.c.created_at)
        .where(
            inbox.c.livemode == livemode,
            inbox.c.source != "reconcile",
            ~inbox.c.event_id.startswith("read:"),
            of_stripe(inbox.c.event_id),
        )
        .order_by(inbox.c.created_at)
        .limit(1)
    )
    found = connection.execute(query).scalar()
    return None if found is None else int(found)


def awaited(connection: Connection) -> dict[tuple[str, str], list[str]]:
    """(type, id) of prices, coupons and discounts that were never seen -> the customers, sorted,
    whose numbers wait for them."""
    query = select(customers.c.customer_id, customers.c.awaiting).where(customers.c.awaiting != "")
    waiting: dict[tuple[str, str], list[str]] = {}
    for customer_id, text in connection.execute(query.order_by(by_bytes(customers.c.customer_id))):
        for kind, _, name in (word.partition(":") for word in text.split()):
            waiting.setdefault((kind, name), []).append(customer_id)
    return waiting


def living(
    connection: Connection,
    object_type: str,
    after: str,
    limit: int,
    *,
    since: int,
    customer_id: str | None = None,
) -> list[str]:
    """The next ids, in their order, of what Stripe should still know.

    Customers that are not deleted, subscriptions that have not ended, invoices that are draft or
    open or were made after the second ``since``.
    """
    match object_type:
        case "customer":
            table, alive = customers, ~customers.c.deleted
        case "subscription":
            ended = ("canceled", "incomplete_expired")
            table, alive = subscriptions, subscriptions.c.status.not_in(ended)
        case "invoice":
            table = invoices
            alive = or_(invoices.c.status.in_(LIVE_INVOICES), invoices.c.created_at > since)
        case _:
            raise ValueError(f"{object_type} has no table of its own")
    key = by_bytes(table.primary_key.columns[0])
    stripes = of_stripe(table.primary_key.columns[0])
    query = select(table.primary_key.columns[0]).where(alive, stripes, key > after)
    if customer_id is not None:
        query = query.where(table.c.customer_id == customer_id)
    return [str(row[0]) for row in connection.execute(query.order_by(key).limit(limit))]


def needing_reread(connection: Connection, after: str, limit: int) -> list[str]:
    """The next customers, in order, an object of whom ended a second in an unproven state."""
    key = by_bytes(customers.c.customer_id)
    stripes = of_stripe(customers.c.customer_id)
    query = select(customers.c.customer_id).where(customers.c.needs_reread, stripes, key > after)
    return [str(row[0]) for row in connection.execute(query.order_by(key).limit(limit))]
