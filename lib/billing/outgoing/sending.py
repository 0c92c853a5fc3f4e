"""One attempt: a signed POST, and what its answer means. The answer's body is never read."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import weakref
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

LONGEST: Final = 15.0
"""Seconds of a whole attempt: one that answers a byte at a time would otherwise never end, and
would keep every other endpoint waiting with it."""

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
        longest: float = LONGEST,
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._longest = longest
        # At INFO it logs whole addresses, and an endpoint's may hold a token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        # Whoever answers with another address would be sent a customer's data unasked.
        self._client = httpx.AsyncClient(timeout=timeout, follow_redirects=False)
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

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
        posting = self._post(endpoint.url, delivery.payload.encode(), headers)
        try:
            return asyncio.run_coroutine_threadsafe(posting, self._running()).result()
        except (TimeoutError, httpx.TimeoutException):
            return Reply(False, reason="timeout")
        except httpx.TransportError as error:
            return Reply(False, reason=_unreachable(error))

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        async with (
            asyncio.timeout(self._longest),
            self._client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            return _reply(answer)

    def _running(self) -> asyncio.AbstractEventLoop:
        """A loop in a thread of its own: only there can an attempt be broken off at any point."""
        with self._starting:
            if self._loop is None:
                self._loop = loop = asyncio.new_event_loop()
                work = (loop, self._client)
                threading.Thread(
                    target=_serve, args=work, name="portside-sender", daemon=True
                ).start()
                weakref.finalize(self, loop.call_soon_threadsafe, loop.stop)
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient) -> None:
    """Until the sender is gone."""
    loop.run_forever()
    loop.run_until_complete(client.aclose())
    loop.close()


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
