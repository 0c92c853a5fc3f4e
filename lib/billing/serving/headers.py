"""What browsers are told with every answer, whoever asked for it."""

from __future__ import annotations

from typing import Final

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

STRICT: Final = "max-age=31536000"

_ALWAYS: Final = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
_POLICY: Final = POLICY.encode()
_OF_PAGES: Final = frozenset({b"cross-origin-opener-policy", b"x-frame-options"})
_STRICT: Final = (b"strict-transport-security", STRICT.encode())


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
                headers = message["headers"] = list(message.get("headers", ()))
                said = {name.lower() for name, _ in headers}
                if _POLICY in said:  # a page: it says itself who may frame or open it
                    said |= _OF_PAGES
                headers += [pair for pair in _ALWAYS if pair[0] not in said]
                if scope.get("scheme") == "https" and _STRICT[0] not in said:
                    headers.append(_STRICT)
            await send(message)

        await self._app(scope, receive, send_on)
