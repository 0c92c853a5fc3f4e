"""Memory for bodies that are being read."""

from __future__ import annotations

from .limits import Limits


class Room:
    """Use within one event loop. What nearly every body needs is free; more is shared by all."""

    def __init__(self, limits: Limits) -> None:
        self._free = limits.free_body
        self._left = limits.kept_bodies

    def took(self, before: int, now: int) -> bool:
        """Whether a body that had ``before`` bytes may have ``now``."""
        more = max(now - self._free, 0) - max(before - self._free, 0)
        if more > self._left:
            return False
        self._left -= more
        return True

    def done(self, size: int) -> None:
        """A body for which so much was taken is here, or was given up."""
        self._left += max(size - self._free, 0)
