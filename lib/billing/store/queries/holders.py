"""Who has which price on a live subscription, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from ...domain.catalog_live import Held
from ..spelling import read
from ..tables import subscriptions


@dataclass(frozen=True, slots=True)
class PriceInUse:
    """One price as the newest events of its holders had it. ``companions``: the price ids of each
    different set of items that it stands in, itself included."""

    price_id: str
    lookup_key: str | None
    product: str | None
    held: Held
    companions: tuple[frozenset[str], ...] = ()


@dataclass
class _Sum:
    lookup_key: str | None = None
    product: str | None = None
    customers: set[str] = field(default_factory=set)
    subscriptions: int = 0
    mrr: dict[str, int] = field(default_factory=dict)
    unvalued: int = 0
    companions: set[frozenset[str]] = field(default_factory=set)


def prices_in_use(connection: Connection) -> Mapping[str, PriceInUse]:
    """Every price of a live subscription by id. Reads all of them, in portions."""
    table = subscriptions.c
    query = select(table.customer_id, table["items"], table.mrr_minor, table.currency)
    rows = connection.execute(query.where(table.live).execution_options(yield_per=2_000))
    found: dict[str, _Sum] = {}
    for customer_id, text, minor, currency in rows:
        items = read(text)
        together = frozenset(item["price"] for item in items)
        for price_id in together:
            of_it = [item for item in items if item["price"] == price_id]
            total = found.setdefault(price_id, _Sum())
            total.lookup_key, total.product = of_it[0]["lookup_key"], of_it[0]["product"]
            total.customers.add(customer_id)
            total.subscriptions += 1
            total.companions.add(together)
            values = [item["value_minor"] for item in of_it if item["licensed"]]
            if minor is None or None in values:
                total.unvalued += 1
            elif minor and any(values):  # what is outside MRR, such as a trial, adds nothing
                total.mrr[currency] = total.mrr.get(currency, 0) + sum(values)
    return {price_id: _value(price_id, total) for price_id, total in found.items()}


def _value(price_id: str, total: _Sum) -> PriceInUse:
    held = Held(
        tuple(sorted(total.customers)), total.subscriptions, dict(total.mrr), total.unvalued
    )
    return PriceInUse(
        price_id, total.lookup_key, total.product, held, tuple(sorted(total.companions, key=sorted))
    )
