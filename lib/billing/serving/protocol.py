"""HTTP as uvicorn speaks it, for those who take their time or never end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .headers import HEADERS
from .house import House
from .limits import Limits

_REASONS: Final = {
    400: ("Bad Request", "request_invalid", "This is no HTTP request."),
    408: ("Request Timeout", "too_slow", "The request took too long to arrive."),
    431: (
        "Request Header Fields Too Large",
        "head_too_large",
        "The request line and its headers are too many or too long.",
    ),
    503: ("Service Unavailable", "stopping", "This receiver is stopping. Send it again."),
}


class _TooMuch(Exception):
    """A head beyond what is taken."""


class Guarded(HttpToolsProtocol):
    """One connection. Every stage of a request has its time, and its head a size.

    Made by :func:`guarded`, which says the limits and the house.
    """

    limits: Limits
    house: House

    address = ""
    waits = True
    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _head = 0
    _status = 400
    _request_ended = True
    _lingered = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        if not self.house.enter(self):
            transport.abort()
            return
        self._wait(self.limits.head_seconds, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(None)
        self.house.part(self)
        super().connection_lost(exc)

    def leave(self) -> None:
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.waits and not self._in_head:  # the first of another request
            self._begin()
        if not self._in_head and not self._request_ended and self.cycle.response_complete:
            self._lingered += len(data)
            if self._lingered > self.limits.linger:
                self.transport.abort()
                return
        in_head = self._in_head
        super().data_received(data)
        if in_head and self._in_head and not self.transport.is_closing():
            # The parser says nothing of a header that has not ended.
            self._head += len(data)
            if self._head > self.limits.head:
                self._refuse(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._request_ended = False
        self._lingered = 0

    def on_headers_complete(self) -> None:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.limits.head or len(self.headers) > self.limits.headers:
            self._status = 431
            raise _TooMuch
        self._in_head, self._head = False, 0
        self.waits = False
        super().on_headers_complete()
        if not self.pipeline:  # else the one before it is still being answered
            self._wait(self.limits.body_seconds, self._late)

    def on_message_complete(self) -> None:
        self._request_ended = True
        if not self.pipeline and not self.cycle.response_complete:
            self._wait(self.limits.answer_seconds, self.leave)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        limits = self.limits
        if self.transport.is_closing():
            self._wait(limits.linger_seconds, self.leave)  # the last bytes may not be taken
        elif self._in_head and not self._request_ended:  # the next has begun
            self.waits = True
            self._wait(limits.head_seconds, self._late)
        elif not self.cycle.response_complete:  # the next was here already
            self._wait(limits.answer_seconds, self.leave)
        elif not self._request_ended:
            self._wait(limits.linger_seconds, self.leave)
        else:  # uvicorn's own time for an idle connection counts now
            self.waits = True
            self._wait(None)

    def shutdown(self) -> None:
        """The receiver ends: what is being answered is, and what still trickles in is not waited
        for longer than a moment."""
        super().shutdown()
        if not self._request_ended and not self.transport.is_closing():
            self._wait(self.limits.linger_seconds, self._stopping)

    def timeout_keep_alive_handler(self) -> None:
        if self._in_head or self.waits:
            super().timeout_keep_alive_handler()
            self._wait(self.limits.linger_seconds, self.leave)

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._status)

    def _begin(self) -> None:
        self._in_head, self._head = True, 0
        self._wait(self.limits.head_seconds, self._late)

    def _late(self) -> None:
        self._refuse(408)

    def _stopping(self) -> None:
        self._refuse(503)

    def _refuse(self, status: int) -> None:
        """Say why and end, unless something else is being said."""
        cycle = self.cycle
        begun = cycle is not None and cycle.response_started and not cycle.response_complete
        if self.transport.is_closing() or self.pipeline or begun:
            self.transport.abort()
            return
        phrase, code, message = _REASONS[status]
        body = json.dumps({"code": code, "message": message}).encode()
        told = {**HEADERS, "content-type": "application/json", "content-length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self.transport.write(
            f"HTTP/1.1 {status} {phrase}\r\n{head}connection: close\r\n\r\n".encode() + body
        )
        self.transport.close()
        self._wait(self.limits.linger_seconds, self.leave)

    def _wait(self, seconds: float | None, then: Callable[[], None] | None = None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and then is not None:
            self._timer = self.loop.call_later(seconds, then)


def guarded(limits: Limits, house: House) -> type[Guarded]:
    """The protocol of one server."""
    return type("GuardedHere", (Guarded,), {"limits": limits, "house": house})
