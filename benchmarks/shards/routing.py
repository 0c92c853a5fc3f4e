"""Which database an event goes to: by its customer, decided from its body alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from zlib import crc32

Event = dict[str, Any]

EVERYWHERE: Final = None
"""Of what names no customer: prices, products and coupons, which every database needs, and what
hangs on an object of somebody whom only that database knows."""


def customer_of(event: Event) -> str | None:
    """The customer that the body names, or EVERYWHERE."""
    obj = event["data"]["object"]
    named = obj["id"] if obj["object"] == "customer" else obj.get("customer")
    if isinstance(named, dict):  # expanded
        named = named["id"]
    return str(named) if named else EVERYWHERE


def shard_of(customer_id: str, shards: int) -> int:
    """0 … ``shards`` − 1: the same for this customer wherever and whenever it is asked."""
    return crc32(customer_id.encode()) % shards


def routed(events: Iterable[Event], shards: int) -> list[list[Event]]:
    """The events of each shard, in the given order."""
    parts: list[list[Event]] = [[] for _ in range(shards)]
    for event in events:
        customer = customer_of(event)
        where = range(shards) if customer is EVERYWHERE else [shard_of(customer, shards)]
        for shard in where:
            parts[shard].append(event)
    return parts
