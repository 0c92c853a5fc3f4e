"""Who may ask. Bearer tokens with scopes; noise without one is counted and cut off.

A valid token is always let in: whoever shares an address with the noise must not suffer for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import ceil
from typing import Final

import structlog
from starlette.requests import Request

from ..serving.allowance import Allowance
from ..serving.noise import Noise
from ..settings.api_tokens import PER_SECOND, ApiToken, Scope, recognized
from .answers import Refused

REALM: Final = 'Bearer realm="portside"'
NOISE: Final = 30
"""Refused requests of one address within a minute that are answered one by one."""


class Door:
    """``per_second``: requests of one caller. ``ticks``: seconds that only run forward."""

    def __init__(
        self,
        tokens: Sequence[ApiToken],
        *,
        per_second: float = PER_SECOND,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tuple(tokens)
        self._allowance = Allowance(per_second, ticks=ticks)
        self._noise = Noise(NOISE, ticks=ticks)
        self._log = structlog.get_logger("portside.api")

    @property
    def open(self) -> bool:
        return bool(self._tokens)

    def caller(self, request: Request, scope: Scope | None) -> ApiToken:
        """Who asks. Raises Refused: 404 without tokens, 401, 403 or 429."""
        if not self._tokens:
            raise Refused(404, "api_off", "No API token is configured here.")
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            self._count(request)
            raise Refused(
                401,
                "token_missing",
                "Send the token as “Authorization: Bearer …”.",
                headers={"WWW-Authenticate": REALM},
            )
        token = recognized(secret.strip(), self._tokens)
        if token is None:
            self._count(request)
            raise Refused(
                401,
                "token_invalid",
                "This token is not known here. Check PORTSIDE_API_TOKEN.",
                headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
            )
        if scope is not None and scope not in token.scopes:
            told = f'{REALM}, error="insufficient_scope", scope="{scope.value}"'
            raise Refused(
                403,
                "scope_missing",
                f"This token may not do that: it needs the scope {scope.value}.",
                headers={"WWW-Authenticate": told},
            )
        wait = self._allowance.wait(token.name)
        if wait:
            raise Refused(
                429,
                "too_many_requests",
                "This token asks for more than PORTSIDE_API_RATE allows. Wait a moment.",
                headers={"Retry-After": str(ceil(wait))},
            )
        return token

    def _count(self, request: Request) -> None:
        """Raises Refused (429) once an address has been refused too often."""
        address = request.client.host if request.client else ""
        times = self._noise.count(address)
        if times == 1:
            self._log.warning("api_token_refused", address=address)
        if times > NOISE:
            raise Refused(
                429,
                "too_many_refused",
                "Too many requests without a valid token. Wait a moment.",
                headers={"Retry-After": str(self._noise.wait(address))},
            )
