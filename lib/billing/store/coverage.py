"""Prices that live subscriptions have and the catalogue has not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from .spelling import read
from .tables import subscriptions


def unresolved_prices(connection: Connection) -> list[str]:
    """Lookup keys, else price ids, sorted."""
    table = subscriptions.c
    rows = connection.execute(
        select(table["items"]).where(table.live, table.plan_resolved.is_(False))
    )
    return sorted(
        {
            item["lookup_key"] or item["price"]
            for row in rows
            for item in read(row[0])
            if item["plan"] is None
        }
    )


@dataclass(frozen=True, slots=True)
class UnmappedPrice:
    """``customers``: who has it on a live subscription, sorted."""

    price_id: str
    lookup_key: str | None
    customers: tuple[str, ...]


def unmapped_prices(connection: Connection) -> list[UnmappedPrice]:
    """Prices of live subscriptions no item of which maps to a plan, by id.

    An add-on beside a mapped item decides nothing: `unresolved_prices` names it too.
    """
    table = subscriptions.c
    rows = connection.execute(
        select(table.customer_id, table["items"]).where(table.live, table.plan_resolved.is_(False))
    )
    held: dict[str, set[str]] = {}
    keys: dict[str, str | None] = {}
    for customer_id, text in rows:
        items = read(text)
        if any(item["plan"] is not None for item in items):
            continue
        for item in items:
            held.setdefault(item["price"], set()).add(customer_id)
            keys[item["price"]] = item["lookup_key"]
    return [UnmappedPrice(name, keys[name], tuple(sorted(held[name]))) for name in sorted(held)]
