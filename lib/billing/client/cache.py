"""Answers that were given lately. Times are of a clock that only runs forward."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from .values import Entitlements


@dataclass(frozen=True)
class Entry:
    """``fresh_until``: no question is asked before. ``ends_at``: the answer changes by itself then,
    so that it is never used beyond, however long Portside is away."""

    value: Entitlements
    tag: str | None
    asked_at: float
    fresh_until: float
    ends_at: float


class Cache:
    """At most ``size`` answers; the one that was used longest ago goes first. Thread-safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._entries: OrderedDict[str, Entry] = OrderedDict()

    def get(self, name: str) -> Entry | None:
        with self._lock:
            entry = self._entries.get(name)
            if entry is not None:
                self._entries.move_to_end(name)
            return entry

    def put(self, name: str, entry: Entry) -> None:
        with self._lock:
            self._entries[name] = entry
            self._entries.move_to_end(name)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def forget(self, name: str | None) -> None:
        with self._lock:
            if name is None:
                self._entries.clear()
            else:
                self._entries.pop(name, None)

    def __len__(self) -> int:
        return len(self._entries)
