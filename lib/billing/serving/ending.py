"""What is answered to whoever is still being served when the receiver has to end."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TOLD: Final = {"code": "stopping", "message": "This receiver is stopping. Send it again."}
_GONE: Final = "the handler is closed"
"""How uvloop calls it that whoever asked has hung up meanwhile: no fault of ours either."""
_HOW: Final = {"Retry-After": "1", "Connection": "close"}


class Ending:
    """A request that is cut off because its time to finish is over is told 503: as a rule it is one
    that never came to its end, and nothing of ours has failed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            try:
                await send(message)
            except RuntimeError as error:
                if _GONE not in str(error):
                    raise

        try:
            await self._app(scope, receive, sent)
        except asyncio.CancelledError:
            if begun:  # nobody takes it; raised, it would be logged as a fault of ours
                return
            await JSONResponse(_TOLD, 503, _HOW)(scope, receive, sent)
