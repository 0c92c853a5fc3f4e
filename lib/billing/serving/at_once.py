"""How many requests are under way at once, beside deliveries."""

from __future__ import annotations

from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

DELIVERIES: Final = "/webhooks/"
"""What has its own bound: they queue for one writer, see `lib.billing.intake.grouping`."""

LIVELINESS: Final = "/healthz"


class AtOnce:
    """Beyond ``most`` the asker is told to come back, so that deliveries never wait for pages."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path.startswith(DELIVERIES) or path == LIVELINESS:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            told = {"code": "busy", "message": "Too much is asked at once. Ask again in a moment."}
            await JSONResponse(told, 503, {"Retry-After": "1"})(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
