"""Where deliveries are taken in, whoever sends them, before anything else is done for them.

Who signs rightly is always let in, so that nobody suffers for the noise of others who share an
address with them. After noise an address may bring small bodies only, one a connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from starlette.requests import Request

from ..api.bodies import read_at_most
from ..domain.errors import SignatureInvalid
from .limits import USUAL, Limits
from .noise import Noise
from .room import Room

LARGEST_BODY: Final = 1024 * 1024
NOISY: Final = 60
"""Wrong signatures of one address within a minute, after which it gets little patience."""

NOISY_BODY: Final = 128 * 1024
"""Room for nearly every event: an address with noise may be a proxy's."""


class Turned(Exception):
    """A delivery that is not read."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})


class Doorstep:
    """One for all providers of a receiver; use within one event loop."""

    def __init__(
        self, limits: Limits = USUAL, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._room = Room(limits)
        self._noise = Noise(NOISY, ticks=ticks)
        self._log = structlog.get_logger("portside.receiver")

    async def body(self, request: Request) -> bytes:
        """The body. Raises Turned, and ClientDisconnect."""
        wait = self._noise.wait(_address(request))
        kept = 0

        def grows(size: int) -> None:
            nonlocal kept
            if not self._room.took(kept, size):
                raise Turned(
                    503,
                    "busy",
                    "Too many large bodies at once. Send it again.",
                    {"Retry-After": "1"},
                )
            kept = size

        try:
            found = await read_at_most(request, NOISY_BODY if wait else LARGEST_BODY, grows)
        finally:
            self._room.done(kept)
        if found is not None:
            return found
        if wait:
            raise _noisy(wait)
        raise Turned(413, "body_too_large", "A body may have 1 MiB at most.")

    def unsigned(self, request: Request, error: SignatureInvalid) -> Turned:
        """What to say to one whose signature was wrong: something else once they are many."""
        address = _address(request)
        times = self._noise.count(address)
        if times == 1:
            self._log.warning("signature_refused", address=address)
        if times > NOISY:
            return _noisy(self._noise.wait(address))
        return Turned(400, error.code, str(error))


def _noisy(wait: int) -> Turned:
    return Turned(
        429,
        "too_many_refused",
        "Too many deliveries with wrong signatures. Wait a moment.",
        {"Retry-After": str(wait), "Connection": "close"},
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
