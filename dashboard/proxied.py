"""The door behind an authenticating proxy: nothing is answered that did not come through it."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import proven, signin
from lib.billing import SignInRefused, from_headers

log = logging.getLogger(__name__)

BROWSER: Final = "portside_browser"
"""A cookie that tells browsers apart, so that signing out ends one browser's tabs. No secret."""
HEALTH: Final = "/_stcore/health"


class TrustedProxy:
    """Believes headers from the proxy that proved to be itself, and hands on who they name.

    Off unless `[sign_in.headers]` is configured. Then every request and web socket needs the proof,
    with one exception: the health check, which tells nothing.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rules = signin.rules()
        asks = scope["type"] in ("http", "websocket")
        if rules.headers is None or not asks or _asks_for_health(scope):
            await self.app(scope, receive, send)
            return
        given = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
        peer = scope["client"][0] if scope.get("client") else None
        browser = cookie_parser(Headers(scope=scope).get("cookie", "")).get(BROWSER, "")[:64]
        try:
            who = from_headers(given, peer, rules, int(time.time()), browser=browser)
        except SignInRefused as error:
            log.warning("A request was turned away at the door: %s.", error.code)
            await _refuse(scope, receive, send, error)
            return
        # The secret goes no further: pages can read the headers of their connection.
        held_back = {proven.HEADER, rules.headers.secret_header}
        passed = [(k, v) for k, v in scope["headers"] if k.decode("latin-1") not in held_back]
        passed.append((proven.HEADER.encode(), proven.write(who).encode()))

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start" and (not browser or signin.ended(who.key)):
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    fresh = secrets.token_urlsafe(12)
                    headers.append(
                        "set-cookie", f"{BROWSER}={fresh}; Path=/; HttpOnly; SameSite=Lax"
                    )
            await send(message)

        await self.app({**scope, "headers": passed}, receive, send_on)


def _asks_for_health(scope: Scope) -> bool:
    reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return reads and str(scope["path"]).endswith(HEALTH)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: SignInRefused) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse(f"{error}\n", 403)(scope, receive, send)
