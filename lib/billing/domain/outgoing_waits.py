"""When an outgoing event that was not taken is offered again."""

from __future__ import annotations

from typing import Final

_MINUTE: Final = 60
_HOUR: Final = 3_600

WAITS: Final = (
    5,
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
    20 * _HOUR,
    24 * _HOUR,
)
"""Seconds from each attempt to the next, the example of Standard Webhooks: ten attempts within
about three days, then a person decides."""

LONGEST_ASKED: Final = 24 * _HOUR
"""Seconds for which an endpoint may ask not to be tried again."""


def next_offer(attempts: int, now: int, asked: int | None = None) -> int | None:
    """When to try again after ``attempts`` failed ones (1 or more), the last at ``now``.

    ``asked``: seconds that the endpoint asked for. None: not by itself any more.
    """
    if attempts > len(WAITS):
        return None
    return now + max(WAITS[attempts - 1], min(asked or 0, LONGEST_ASKED))
