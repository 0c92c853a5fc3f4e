"""What is known of every object without loading it: its place in lists, owner and status."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any, NamedTuple

Object = dict[str, Any]
Key = tuple[int, int, str]
"""Place of an object in a list: created, sequence, id."""


class Row(NamedTuple):
    """What the index knows of an object without loading it."""

    key: Key
    customer: str | None
    link: str | None
    status: str | None


def columns(obj: Object) -> tuple[str | None, str | None, str | None]:
    """(customer, link, status): link is the object that ``obj`` hangs on."""
    hidden = obj.get("_") or {}
    customer = obj.get("customer") or hidden.get("customer")
    status = obj.get("status")
    return (
        customer if isinstance(customer, str) else None,
        hidden.get("link"),
        status if isinstance(status, str) else None,
    )


class Index:
    """Rows by kind and id, and ordered keys by kind, by customer and by link."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {}
        self._order: dict[str, list[Key]] = {}
        self._by_link: dict[tuple[str, str], list[Key]] = {}

    def row(self, kind: str, id: str) -> Row | None:
        return self._rows.get(kind, {}).get(id)

    def held(self, kind: str, id: str) -> Row:
        """The row of an object that is known to be there."""
        return self._rows[kind][id]

    def rows(
        self,
        kind: str,
        *,
        customer: str | None = None,
        link: str | None = None,
        before: str | None = None,
        after: str | None = None,
        oldest_first: bool = False,
    ) -> Iterator[tuple[str, Row]]:
        """Index rows, newest first; ``after``/``before`` are ids as in Stripe's paging."""
        keys = self._keys(kind, customer, link)
        low, high = 0, len(keys)
        if after is not None:
            high = bisect_left(keys, self._rows[kind][after].key)
        if before is not None:
            low = bisect_left(keys, self._rows[kind][before].key) + 1
        rows = self._rows.get(kind, {})
        places = range(low, high) if oldest_first else range(high - 1, low - 1, -1)
        for place in places:
            id = keys[place][2]
            yield id, rows[id]

    def kinds(self) -> list[str]:
        """Every kind of object that is stored, sorted."""
        return sorted(kind for kind, keys in self._order.items() if keys)

    def count(self, kind: str) -> int:
        return len(self._order.get(kind, ()))

    def _keys(self, kind: str, customer: str | None, link: str | None) -> list[Key]:
        if link is not None:
            return self._by_link.get((kind, link), [])
        if customer is not None:
            return self._by_link.get((kind, customer), [])
        return self._order.get(kind, [])

    def add(self, kind: str, id: str, row: Row) -> None:
        self._rows.setdefault(kind, {})[id] = row
        _insert(self._order.setdefault(kind, []), row.key)
        for owner in {row.customer, row.link}:
            if owner is not None:
                _insert(self._by_link.setdefault((kind, owner), []), row.key)

    def remove(self, kind: str, id: str, row: Row) -> None:
        del self._rows[kind][id]
        _remove(self._order[kind], row.key)
        for owner in {row.customer, row.link}:
            if owner is not None:
                _remove(self._by_link[(kind, owner)], row.key)


def _insert(keys: list[Key], key: Key) -> None:
    if not keys or keys[-1] < key:
        keys.append(key)
    else:
        insort(keys, key)


def _remove(keys: list[Key], key: Key) -> None:
    place = bisect_left(keys, key)
    if place < len(keys) and keys[place] == key:
        del keys[place]
