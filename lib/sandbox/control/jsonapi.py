"""Control calls: JSON in, JSON out, no key, never from another site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted.web import host_allowed, same_origin

Object = dict[str, Any]
MAX_BYTES = 100_000


class Asked:
    """One control call: path parts, query and the JSON body."""

    def __init__(self, sandbox: Sandbox, request: Request, body: Object) -> None:
        self.sandbox = sandbox
        self.path: dict[str, str] = dict(request.path_params)
        self.query: dict[str, str] = dict(request.query_params)
        self.body = body


Handler = Callable[[Asked], Any]


def control(method: str, path: str, handler: Handler) -> Route:
    """``handler`` at ``path``; it runs in a thread and may raise SandboxError."""

    async def endpoint(request: Request) -> Response:
        sandbox: Sandbox = request.app.state.sandbox
        if not host_allowed(sandbox, request):
            return answer({"error": {"message": "This host name is not served here."}}, 421)
        if request.method == "POST" and not same_origin(request):
            return answer({"error": {"message": "Calls from other sites are refused."}}, 403)
        try:
            body = _body(await request.body())
            result = await run_in_threadpool(handler, Asked(sandbox, request, body))
        except SandboxError as error:
            return answer(error.body(), error.status)
        return result if isinstance(result, Response) else answer(result)

    return Route(path, endpoint, methods=[method])


def answer(value: Any, status: int = 200) -> Response:
    return Response(
        orjson.dumps(value),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


def check_keys(body: Object, *names: str) -> None:
    """Raises SandboxError (400) for anything that is not one of ``names``."""
    unknown = sorted(set(body) - set(names))
    if unknown:
        raise SandboxError.unknown_parameters(unknown)


def number(value: Any, name: str, *, low: float, high: float) -> float:
    """A number within the bounds; raises SandboxError (400)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SandboxError(f"Give {name} as a number from {low} to {high}.", param=name)
    return value


def _body(raw: bytes) -> Object:
    if not raw:
        return {}
    if len(raw) > MAX_BYTES:
        raise SandboxError("The body is too large.", status=413)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise SandboxError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise SandboxError("The body must be a JSON object.")
    return body
