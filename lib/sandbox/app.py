"""The sandbox as an ASGI application: the API, the hosted pages and the control surface."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lib.sandbox.api import load_endpoints
from lib.sandbox.api.dispatch import Request, dispatch
from lib.sandbox.core import Sandbox

METHODS = ["GET", "POST", "DELETE"]


def build_app(sandbox: Sandbox) -> Starlette:
    """The application; handlers find the sandbox in ``request.app.state.sandbox``."""
    load_endpoints()
    app = Starlette(routes=[*_page_routes(), Route("/{path:path}", _api, methods=METHODS)])
    app.state.sandbox = sandbox
    return app


async def _api(request: HttpRequest) -> Response:
    body = (await request.body()).decode("utf-8", "replace")
    asked = Request(
        method="GET" if request.method == "HEAD" else request.method,
        path=request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace"),
        query=request.url.query,
        body=body,
        headers=dict(request.headers),
    )
    reply = await run_in_threadpool(dispatch, request.app.state.sandbox, asked)
    return Response(reply.body, reply.status, reply.headers)


def _page_routes() -> list[BaseRoute]:
    from importlib import import_module
    from importlib.util import find_spec

    found: list[BaseRoute] = []
    for package, name in (("hosted", "pages"), ("control", "routes")):
        if find_spec(f"lib.sandbox.{package}") is None:
            continue
        if find_spec(f"lib.sandbox.{package}.{name}") is not None:
            try:
                found += import_module(f"lib.sandbox.{package}.{name}").routes
            except ImportError:
                continue
    return found
