"""Every scheduled end and what became of it, kept in memory and brought up to date.

No derived table holds an end that was undone, and reading all that was ever seen of subscriptions
takes long: it is done once, afterwards only for customers of whom anything was stored since.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Final

from ..domain.fold import Rules
from ..domain.saves import ScheduledEnd
from ..store import aside
from ..store.queries.reading import Connection
from .saving import all_scheduled_ends

OVERLAP: Final = 5_000
"""Observations looked at once more: writers of PostgreSQL may commit in another order than they
were numbered in."""

Ends = Mapping[str, tuple[ScheduledEnd, ...]]
"""Customer → the schedules of all its subscriptions."""


class EndsKept:
    """For all threads of a process. What it hands out is never changed afterwards."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: Rules | None = None
        self._seen = 0
        self._ends: dict[str, tuple[ScheduledEnd, ...]] = {}

    def current(self, connection: Connection, rules: Rules) -> Ends:
        """All of now. Reads everything the first time, and when the rules are other ones."""
        with self._lock:
            last = aside.last_seen(connection)
            if rules != self._rules:
                self._ends = dict(_read(connection, rules, None))
            elif last != self._seen:
                customers = aside.seen_since(connection, max(self._seen - OVERLAP, 0))
                kept = {c: ends for c, ends in self._ends.items() if c not in set(customers)}
                self._ends = kept | _read(connection, rules, customers)
            self._rules, self._seen = rules, last
            return self._ends


def _read(
    connection: Connection, rules: Rules, customers: list[str] | None
) -> dict[str, tuple[ScheduledEnd, ...]]:
    found: dict[str, list[ScheduledEnd]] = {}
    for customer_id, end in all_scheduled_ends(connection, rules, of=customers):
        found.setdefault(customer_id, []).append(end)
    return {customer_id: tuple(ends) for customer_id, ends in found.items()}
