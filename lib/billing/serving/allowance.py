"""How many requests a second one caller may make."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

AHEAD: Final = 2.0
"""Seconds' worth that a caller who was quiet may ask for at once."""


class Allowance:
    """One bucket a caller, for one event loop. ``ticks``: seconds that only run forward."""

    def __init__(self, per_second: float, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._ticks = ticks
        self._used: dict[str, tuple[float, float]] = {}  # caller -> (requests, as of)

    def wait(self, caller: str) -> float:
        """0 when it may ask, which counts; else the seconds until it may."""
        now = self._ticks()
        used, since = self._used.get(caller, (0.0, now))
        used = max(0.0, used - (now - since) * self._per_second)
        most = max(1.0, self._per_second * AHEAD)
        if used + 1 > most:
            self._used[caller] = used, now
            return (used + 1 - most) / self._per_second
        self._used[caller] = used + 1, now
        return 0.0
