"""What browsers are told with every answer, whoever asked for it."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = "content-security-policy"
HEADERS: Final = {
    POLICY: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""An answer that says one of them itself knows better."""

_OF_PAGES: Final = frozenset({"cross-origin-opener-policy", "x-frame-options"})
STRICT: Final = "max-age=31536000"


class SafeHeaders:
    """Puts them on every answer; over https also that it stays https."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own = POLICY in headers  # a page: it says itself who may frame or open it
                for name, value in HEADERS.items():
                    if not (own and name in _OF_PAGES):
                        headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("strict-transport-security", STRICT)
            await send(message)

        await self._app(scope, receive, send_on)
