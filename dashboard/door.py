"""What stands before Streamlit: security headers, a closed door without a sign-in, deep links.

Plain ASGI middleware: it sees every request and every web socket before any page code runs.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import quote, unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import signin

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",  # a picture in hostile text never leaves this machine
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class SecurityHeaders:
    """Puts the headers on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


class LoopbackOnly:
    """Without an identity provider nothing answers that did not come from this machine.

    The configured address alone is no proof: an ASGI server may have been told another one. The
    Host header is looked at too, so that a foreign web page cannot rebind its name to loopback.
    """

    REFUSAL = (
        "This dashboard has no sign-in configured, so it answers on this machine only. "
        "Open it as http://localhost or configure [auth] in .streamlit/secrets.toml.\n"
    )

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or signin.provider_configured() or self._local(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(self.REFUSAL, 403)(scope, receive, send)

    @staticmethod
    def _local(scope: Scope) -> bool:
        host = Headers(scope=scope).get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        ends = [end[0] for end in (scope.get("server"), scope.get("client")) if end]
        return all(signin.is_loopback(end) for end in (name, *ends))


class ReturnTo:
    """Brings people back to the address they came for: st.login always ends at "/"."""

    COOKIE = "portside_return_to"

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] == "GET"
        if not asks or not signin.provider_configured():
            await self.app(scope, receive, send)
            return
        jar = SimpleCookie(Headers(scope=scope).get("cookie", ""))
        wanted = self._address(scope) if "_streamlit_user" not in jar else None

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"] == "/oauth2callback" and message["status"] in (302, 303, 307):
                    back = jar.get(self.COOKIE)
                    if back and self._is_local(unquote(back.value)):
                        headers["location"] = unquote(back.value)
                elif wanted and headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", self._cookie(wanted))
            await send(message)

        await self.app(scope, receive, send_on)

    @classmethod
    def _cookie(cls, wanted: str) -> str:
        return f"{cls.COOKIE}={quote(wanted, safe='')}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"

    @staticmethod
    def _address(scope: Scope) -> str | None:
        path: str = scope["path"]
        if path == "/" or "." in path or path.startswith(("/_stcore", "/oauth2callback", "/auth")):
            return None
        query = scope["query_string"].decode("latin-1")
        address = f"{path}?{query}" if query else path
        return address if len(address) <= 1000 and ReturnTo._is_local(address) else None

    @staticmethod
    def _is_local(address: str) -> bool:
        return (
            address.startswith("/")
            and not address.startswith(("//", "/\\"))
            and address.isprintable()
        )
