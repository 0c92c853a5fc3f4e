"""Who was refused how often of late."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from ..linking.crowd import household

WINDOW: Final = 60.0
_ADDRESSES: Final = 4_096


class Noise:
    """Counts refusals by address, for one event loop. ``ticks``: seconds that only run forward."""

    def __init__(self, most: int, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._ticks = ticks
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def __len__(self) -> int:
        """Addresses that are remembered."""
        return len(self._seen)

    def count(self, address: str) -> int:
        """One more; how often it is within `WINDOW` by now."""
        name, now = household(address), self._ticks()
        since, times = self._now(name, now)
        self._seen.pop(name, None)
        self._seen[name] = since, times + 1
        if len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)
        return times + 1

    def wait(self, address: str) -> int:
        """Seconds for which it is too noisy; 0 when it is not."""
        if not self._seen:
            return 0
        name, now = household(address), self._ticks()
        since, times = self._now(name, now)
        return max(1, round(since + WINDOW - now)) if times >= self._most else 0

    def _now(self, name: str, now: float) -> tuple[float, int]:
        since, times = self._seen.get(name, (now, 0))
        return (now, 0) if now - since >= WINDOW else (since, times)
