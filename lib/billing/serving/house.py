"""Who is connected. When it is full, whoever has kept it waiting longest goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol

from .limits import Limits


class Guest(Protocol):
    """A connection."""

    @property
    def address(self) -> str: ...
    @property
    def waits(self) -> bool:
        """Whether nothing is being done for it: it is idle, or its request is not here yet."""
        ...

    def leave(self) -> None:
        """End it, now."""
        ...


class House:
    """Use within one event loop. ``is_proxy``: whether an address speaks for many others.

    A new connection is let in rather than an old one that says nothing kept: who holds connections
    open to keep others out pushes out their own.
    """

    def __init__(
        self, limits: Limits, is_proxy: Callable[[str], bool] = lambda _address: False
    ) -> None:
        self._limits = limits
        self._is_proxy = is_proxy
        self._guests: dict[Guest, None] = {}  # the oldest first
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._guests)

    def enter(self, guest: Guest) -> bool:
        """Whether there is room for it. Who enters has to :meth:`part`."""
        address = guest.address
        most = self._limits.connections_per_address
        own = self._of[address] >= most and not self._is_proxy(address)
        if own and not self._ends_one(g for g in self._guests if g.address == address):
            return False
        full = len(self._guests) >= self._limits.connections
        if full and not self._ends_one(self._of_the_most()):
            return False
        self._guests[guest] = None
        self._of[address] += 1
        return True

    def part(self, guest: Guest) -> None:
        if guest in self._guests:
            del self._guests[guest]
            self._of[guest.address] -= 1
            if not self._of[guest.address]:
                del self._of[guest.address]

    def _of_the_most(self) -> Iterable[Guest]:
        """Connections, those of whoever has the most waiting ones first."""
        waiting = Counter(guest.address for guest in self._guests if guest.waits)
        return sorted(self._guests, key=lambda guest: -waiting[guest.address])

    def _ends_one(self, guests: Iterable[Guest]) -> bool:
        found = next((guest for guest in guests if guest.waits), None)
        if found is None:
            return False
        self.part(found)
        found.leave()
        return True
