"""One attempt: a signed POST, and what its answer means. The answer's body is never read."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from ..settings.clock import system_clock
from ..settings.outgoing import Endpoint, Secrets
from ..store.deliveries import Delivery
from .signing import signed

TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
"""Seconds. Who needs longer answers first and works afterwards."""

GONE: Final = 410
_WORDS: Final = {408: "timeout", 410: "gone", 429: "busy", 503: "busy"}


@dataclass(frozen=True, slots=True)
class Reply:
    """``taken``: a 2xx. ``reason``: why not, as a short code. ``asked``: the seconds for which the
    endpoint asked not to be tried again."""

    taken: bool
    status: int | None = None
    reason: str | None = None
    asked: int | None = None

    @property
    def final(self) -> bool:
        """Whether trying again is pointless: the endpoint says that it is gone for good."""
        return self.status == GONE

    @property
    def ailing(self) -> bool:
        """Whether it tells of the endpoint as a whole rather than of this event."""
        return not self.taken and (self.status is None or self.status >= 500 or self.status == 429)


class Sender:
    """Thread-safe. ``clock``: the system's, because whoever verifies has no other."""

    def __init__(
        self,
        secrets: Secrets,
        *,
        clock: Callable[[], int] = system_clock,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        # Whoever answers with another address would be sent a customer's data unasked.
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)

    def send(self, endpoint: Endpoint, delivery: Delivery) -> Reply:
        """Never raises for what an endpoint or the network does."""
        headers = {
            "content-type": "application/json",
            "user-agent": "Portside",
            **signed(
                delivery.event_id,
                self._clock(),
                delivery.payload,
                self._secrets[endpoint.name],
            ),
        }
        try:
            with self._client.stream(
                "POST", endpoint.url, content=delivery.payload.encode(), headers=headers
            ) as answer:
                return _reply(answer)
        except httpx.TimeoutException:
            return Reply(False, reason="timeout")
        except httpx.TransportError as error:
            return Reply(False, reason=_unreachable(error))

    def close(self) -> None:
        self._client.close()


def _reply(answer: httpx.Response) -> Reply:
    status = answer.status_code
    if 200 <= status < 300:
        return Reply(True, status)
    kind = "redirect" if 300 <= status < 400 else f"http_{status}"
    return Reply(False, status, _WORDS.get(status, kind), _asked(answer))


def _asked(answer: httpx.Response) -> int | None:
    """``Retry-After`` in seconds; its other form, a date, is not needed by anyone who asks us."""
    text = answer.headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _unreachable(error: httpx.TransportError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"
