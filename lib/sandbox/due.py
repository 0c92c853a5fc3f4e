"""What has to happen when: a queue of due seconds, derived from the objects themselves.

A kind of object registers two functions: when it is next due, and what to do then. The queue
follows every ``Sandbox.put``; an entry whose object has meanwhile become due at another time is
skipped, so nothing ever has to be removed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lib.sandbox.core import Sandbox

Object = dict[str, Any]


@dataclass(frozen=True)
class Duty:
    """``due_at(obj)`` is the next second at which ``act(sandbox, obj)`` must run, or None."""

    due_at: Callable[[Object], int | None]
    act: Callable[[Sandbox, Object], None]
    statuses: frozenset[str]
    rank: int
    """Of things due at one second the lower rank comes first."""


DUTIES: dict[str, Duty] = {}


def register(
    kind: str,
    due_at: Callable[[Object], int | None],
    act: Callable[[Sandbox, Object], None],
    statuses: set[str],
    *,
    rank: int = 5,
) -> None:
    """Give objects of ``kind`` a due time; only those in ``statuses`` can ever be due."""
    DUTIES[kind] = Duty(due_at, act, frozenset(statuses), rank)


class DueQueue:
    """Heaps by test clock (None = the sandbox's own clock)."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._built = False
        self._heaps: dict[str | None, list[tuple[int, int, int, str, str]]] = {}
        self._next: dict[tuple[str, str], int] = {}
        self._count = 0

    def forget(self) -> None:
        """Rebuild before the next use: the objects were rolled back."""
        self._built = False

    def follow(self, obj: Object) -> None:
        """``obj`` was stored: note its next due second."""
        duty = DUTIES.get(obj["object"])
        if duty is None or not self._built:
            return
        due = duty.due_at(obj) if obj.get("status") in duty.statuses else None
        key = (obj["object"], obj["id"])
        if due is None:
            self._next.pop(key, None)
        elif self._next.get(key) != due:
            self._next[key] = due
            self._count += 1
            heap = self._heaps.setdefault(obj.get("test_clock"), [])
            heapq.heappush(heap, (due, duty.rank, self._count, *key))

    def pop(self, until: int, test_clock: str | None = None) -> tuple[int, Object] | None:
        """The earliest due (second, object) not after ``until``, or None."""
        self._build()
        heap = self._heaps.get(test_clock, [])
        while heap and heap[0][0] <= until:
            due, _, _, kind, id = heapq.heappop(heap)
            if self._next.get((kind, id)) != due:
                continue
            del self._next[(kind, id)]
            obj = self._sandbox.peek(kind, id)
            if obj is None:
                continue
            if DUTIES[kind].due_at(obj) == due and obj.get("status") in DUTIES[kind].statuses:
                return due, obj
            self.follow(obj)
        return None

    def next_at(self, test_clock: str | None = None) -> int | None:
        """A second before which nothing is due (it may turn out to be stale)."""
        self._build()
        heap = self._heaps.get(test_clock)
        return heap[0][0] if heap else None

    def _build(self) -> None:
        if self._built:
            return
        self._heaps, self._next, self._built = {}, {}, True
        for kind, duty in DUTIES.items():
            for id, row in list(self._sandbox.storage.rows(kind, oldest_first=True)):
                if row.status in duty.statuses:
                    self.follow(self._sandbox.get(kind, id))
