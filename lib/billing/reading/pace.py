"""No more requests a second than Stripe allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PER_SECOND: Final = 20.0
"""Stripe's documented limit is 25 requests a second for an endpoint, in live mode too; the rest is
left to links and to what else uses the account."""


class Pace:
    """Lets callers through evenly, at most ``per_second`` of them. For one thread.

    Args:
        clock: seconds that never go back.
    """

    def __init__(
        self,
        per_second: float = PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._apart = 1 / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Return as soon as the next request may go out."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
            now = max(self._next, self._clock())
        self._next = now + self._apart
