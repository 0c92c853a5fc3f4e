"""How often one address may start something without a name."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from ..domain.errors import RateLimited

STARTS: Final = 10
WINDOW: Final = 600.0
_ADDRESSES: Final = 4_096


class Crowd:
    """Counts in this process alone. ``ticks``: seconds that only run forward."""

    def __init__(self, *, most: int = STARTS, ticks: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._ticks = ticks
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, address: str) -> None:
        """Raises RateLimited beyond ``most`` within `WINDOW`."""
        now = self._ticks()
        since, times = self._seen.pop(address, (now, 0))
        if now - since >= WINDOW:
            since, times = now, 0
        self._seen[address] = since, times + 1
        if len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)
        if times >= self._most:
            raise RateLimited("Too many starts from this address. Wait a few minutes.")
