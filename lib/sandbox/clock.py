"""The sandbox's own time: unix seconds, movable, and independent of every other clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """``now()`` runs with the system clock from where it was set, or stands still when frozen.

    ``pinned(unix)`` fixes the time for the calling thread only: that is how due work happens
    at its due second, and how a customer on a test clock lives in that clock's time.
    """

    def __init__(self, start: int | None = None, *, frozen: bool = False) -> None:
        self.frozen = frozen
        self._local = threading.local()
        self._base = int(time.time()) if start is None else start
        self._offset = self._base - time.time()

    def now(self) -> int:
        """The current second, in this thread's view."""
        pin: int | None = getattr(self._local, "pin", None)
        if pin is not None:
            return pin
        return self.running()

    def running(self) -> int:
        """The current second without regard to any pin."""
        return self._base if self.frozen else int(time.time() + self._offset)

    def move_to(self, unix: int) -> None:
        """Set the clock. Due work is not done here: see ``billing.lifecycle.run_until``."""
        self._base = unix
        self._offset = unix - time.time()

    @contextmanager
    def pinned(self, unix: int) -> Iterator[None]:
        """Within the block ``now()`` is ``unix`` for this thread (nested pins restore)."""
        before: int | None = getattr(self._local, "pin", None)
        self._local.pin = unix
        try:
            yield
        finally:
            self._local.pin = before

    def pin(self, unix: int | None) -> None:
        """Set this thread's pin directly: for loops that pin many seconds in a row."""
        self._local.pin = unix
