"""Totals that are added up while rows pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

Totals = Mapping[str, Mapping[str, int | None]]
"""By currency: name → sum; None where a sum cannot be told."""


class Tally(Protocol):
    """Hears of every row, and has the totals when the last one has passed."""

    def add(self, row: dict[str, Any]) -> None: ...

    def found(self) -> Totals: ...


class Sums:
    """The sums of some fields by currency; rows without a known currency are in none.

    ``fields`` None: the report has no currency, so there is nothing to add up.
    """

    def __init__(self, fields: Sequence[str] | None, counted_as: str | None) -> None:
        self._fields = fields
        self._counted_as = counted_as
        self._found: dict[str, dict[str, int]] = {}

    def add(self, row: dict[str, Any]) -> None:
        if self._fields is None or row["currency"] is None:
            return
        total = self._found.get(row["currency"])
        if total is None:
            counted = (self._counted_as,) if self._counted_as else ()
            total = self._found[row["currency"]] = dict.fromkeys((*counted, *self._fields), 0)
        if self._counted_as:
            total[self._counted_as] += 1
        for name in self._fields:
            total[name] += int(row[name] or 0)

    def found(self) -> Totals:
        return dict(sorted(self._found.items()))


class Kept:
    """Keeps every row for a function over all of them: for reports whose rows are few."""

    def __init__(self, totals: Callable[[Sequence[dict[str, Any]]], Totals]) -> None:
        self._totals = totals
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)

    def found(self) -> Totals:
        return self._totals(self._rows)
