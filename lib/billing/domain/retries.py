"""When an event that could not be applied is tried again."""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400

WAITS: Final = (_MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 6 * _HOUR, *([_DAY] * 6))
"""Seconds from each attempt to the next: twelve attempts within a week, then a person decides."""


def next_attempt(attempts: int, now: int) -> int | None:
    """When to try again after ``attempts`` failed ones (1 or more), the last at ``now``.

    None: not by itself any more.
    """
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None
