"""What stands before Streamlit: security headers, and a closed door without a sign-in.

Plain ASGI middleware: it sees every request and every web socket before any page code runs.
"""

from __future__ import annotations

from typing import Final

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
    "referrer-policy": "same-origin",  # nobody else learns an address; our own sign-in does
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
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
                if signin.served_by_https() or scope.get("scheme") == "https":
                    headers["strict-transport-security"] = "max-age=31536000"
                    _secure(headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _secure(headers: MutableHeaders) -> None:
    """No cookie of a dashboard that is reached by https ever travels without it."""
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        given = "secure" in [part.strip().lower() for part in cookie.split(";")]
        headers.append("set-cookie", cookie if given else f"{cookie}; Secure")


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
        if scope["type"] == "lifespan" or signin.open_to_others() or self._local(scope):
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
