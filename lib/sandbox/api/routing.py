"""The table of API endpoints and the decorator that fills it.

Example::

    @endpoint("POST", "/v1/coupons/{coupon}", {"name": p.text(), "metadata": p.metadata()})
    def update(call: Call, coupon: str) -> Object:
        return coupons.update(call.sandbox, coupon, call.params)

A handler runs inside a transaction (POST, DELETE) or under the lock (GET); what it returns is
expanded and rendered by the dispatcher. It refuses by raising SandboxError, which undoes
everything; to keep what happened and refuse nevertheless (a declined card), set ``call.refusal``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lib.sandbox import params as p
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


@dataclass
class Call:
    """One API request: the sandbox, its validated parameters, and who asked."""

    sandbox: Sandbox
    params: Object
    request_id: str
    api_key: str
    refusal: SandboxError | None = None


Handler = Callable[..., Object]


@dataclass(frozen=True)
class Endpoint:
    method: str
    pattern: re.Pattern[str]
    schema: p.Schema
    handler: Handler
    keeps: bool
    """False for a POST that only computes: it runs without a transaction."""


ENDPOINTS: list[Endpoint] = []
_EXPAND: p.Schema = {"expand": p.array(p.text())}


def endpoint(
    method: str, path: str, schema: p.Schema | None = None, *, keeps: bool = True
) -> Callable[[Handler], Handler]:
    """Register the decorated handler; ``{name}`` parts of the path become its keyword arguments.

    ``expand`` is accepted everywhere and needs no place in ``schema``.
    """
    pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")

    def register(handler: Handler) -> Handler:
        full = {**(schema or {}), **_EXPAND}
        ENDPOINTS.append(Endpoint(method, pattern, full, handler, keeps))
        return handler

    return register


def resolve(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """The endpoint for a request and its path parts. Raises SandboxError 404.

    Where two patterns fit, the one registered with fewer path parameters wins, so that
    ``/v1/invoices/create_preview`` is not taken for an invoice's id.
    """
    path = path.rstrip("/")
    best: tuple[Endpoint, dict[str, str]] | None = None
    for candidate in ENDPOINTS:
        if candidate.method != method:
            continue
        match = candidate.pattern.match(path)
        if match is None:
            continue
        parts = match.groupdict()
        if best is None or len(parts) < len(best[1]):
            best = (candidate, parts)
    if best is None:
        raise SandboxError.no_route(method, path)
    return best
