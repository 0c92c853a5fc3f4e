"""The installation's clock: the system's, a fixed time, or the address of a clock.

Signatures are always checked against the system clock, never against this one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx

from ..config import is_absolute_url
from ..domain.errors import BillingError, ConfigurationError
from ..domain.times import parse_iso

CACHE_SECONDS = 0.5
ANSWER_SECONDS = 5.0

Clock = Callable[[], int]


class ClockUnavailable(BillingError):
    """The configured clock does not tell the time."""

    code = "clock_unavailable"


def make_clock(setting: str | None) -> Clock:
    """A clock for PORTSIDE_NOW; unix seconds UTC. Raises ConfigurationError."""
    if setting is None:
        return system_clock
    if is_absolute_url(setting):
        return RemoteClock(setting)
    try:
        fixed = parse_iso(setting)
    except ValueError:
        raise ConfigurationError(
            "PORTSIDE_NOW should be a time like 2026-01-31T12:00:00Z, or the address of a clock."
        ) from None
    return lambda: fixed


def system_clock() -> int:
    return int(time.time())


class RemoteClock:
    """A clock that answers GET with ``{"now": "2026-01-31T12:00:00Z"}``, asked twice a second at
    most: a page asks for the time many times."""

    def __init__(self, url: str) -> None:
        self._url = url
        # One client: reading certificates takes ten times as long as the answer.
        no_rest = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(timeout=ANSWER_SECONDS, limits=no_rest)
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._now = 0

    def __call__(self) -> int:
        with self._lock:
            if time.monotonic() - self._read_at > CACHE_SECONDS:
                self._now = self._ask()
                self._read_at = time.monotonic()
            return self._now

    def _ask(self) -> int:
        try:
            answer = self._client.get(self._url)
            answer.raise_for_status()
            return parse_iso(answer.json()["now"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            raise ClockUnavailable(
                f"The clock at {self._url} does not tell the time. "
                "Check PORTSIDE_NOW and that what it names is running."
            ) from None
