"""The sandbox as an ASGI application: the API, the hosted pages and the control surface."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Mount, Route

from lib.sandbox.api import load_endpoints
from lib.sandbox.api.dispatch import Request, dispatch
from lib.sandbox.control import routes as control
from lib.sandbox.core import Sandbox
from lib.sandbox.hosted import pages
from lib.sandbox.kinde.app import kinde_app

KINDE = "/_kinde"
"""Where the Kinde tenant beside the local Stripe is."""

METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"]


def build_app(sandbox: Sandbox) -> Starlette:
    """The application; handlers find the sandbox in ``request.app.state.sandbox``."""
    load_endpoints()
    sandbox.kinde.issuer = f"{sandbox.settings.public_url}{KINDE}"
    app = Starlette(
        routes=[
            *pages.routes,
            *control.routes,
            Mount(KINDE, kinde_app(sandbox.kinde)),
            Route("/{path:path}", _api, methods=METHODS),
        ]
    )
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
