"""Deep links over the identity provider: st.login leaves the page and always ends at "/".

The page that somebody leaves to sign in is the Referer of `/auth/login`, with its query, because
the referrer policy is same-origin. It is kept in a cookie that belongs to this very attempt (its
name holds the attempt's state), so that two tabs come back to two pages.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import signin

COOKIE: Final = "portside_return_to_"
FAILED: Final = "portside_sign_in_failed"
LONGEST: Final = 1_500
LASTS: Final = 900
"""Seconds in which somebody finds a password."""
_STATE: Final = re.compile(r"[A-Za-z0-9_-]{8,200}")
_REDIRECTS: Final = (302, 303, 307)


class ReturnTo:
    """Brings people back to the address they came for, and says when signing in did not work."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] == "GET" and signin.provider_configured()
        path = scope["path"] if asks else ""
        if path.endswith("/auth/login"):
            await self.app(scope, receive, _leaving(scope, send))
        elif path.endswith("/oauth2callback"):
            await self.app(scope, receive, _coming_back(scope, send))
        else:
            await self.app(scope, receive, send)


def _leaving(scope: Scope, send: Send) -> Send:
    wanted = _left_page(scope)

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] in _REDIRECTS:
                state = _state(urlsplit(headers.get("location", "")).query)
                if wanted and state:
                    _set(headers, _name(state), quote(wanted, safe=""), LASTS)
            elif message["status"] >= 400:  # the provider does not answer
                message["status"] = 303
                headers["location"] = wanted or "/"
                _set(headers, FAILED, "1", 60)
        await send(message)

    return send_on


def _coming_back(scope: Scope, send: Send) -> Send:
    query = scope["query_string"].decode("latin-1")
    state = _state(query)
    jar = cookie_parser(Headers(scope=scope).get("cookie", ""))
    back = jar.get(_name(state), "") if state else ""
    # Signing out at the provider ends here too, with neither state nor error.
    tried = bool(state) or "error" in parse_qs(query)

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] in _REDIRECTS:
            headers = MutableHeaders(scope=message)
            if back and is_local(unquote(back)):
                headers["location"] = unquote(back)
                _set(headers, _name(str(state)), "", 0)
            entered = any(
                value.startswith("_streamlit_user=") and "max-age=0" not in value.lower()
                for value in headers.getlist("set-cookie")
            )
            if tried:
                _set(headers, FAILED, "" if entered else "1", 0 if entered else 60)
        await send(message)

    return send_on


def _left_page(scope: Scope) -> str | None:
    """The address, without its host, of the page that somebody leaves to sign in."""
    headers = Headers(scope=scope)
    left = urlsplit(headers.get("referer", ""))
    # A proxy may have put another Host: then the public one is where the provider sends people.
    if left.netloc not in (headers.get("host"), urlsplit(signin.redirect_uri()).netloc):
        return None
    address = f"{left.path}?{left.query}" if left.query else left.path
    return address if is_local(address) and len(address) <= LONGEST else None


def is_local(address: str) -> bool:
    """Whether ``address`` is a path here: never another host, never a header of its own."""
    plain = address.isascii() and address.isprintable()
    return plain and address.startswith("/") and not address.startswith(("//", "/\\"))


def _state(query: str) -> str | None:
    state = parse_qs(query).get("state", [""])[0]
    return state if _STATE.fullmatch(state) else None


def _name(state: str) -> str:
    return f"{COOKIE}{state[:32]}"


def _set(headers: MutableHeaders, name: str, value: str, age: int) -> None:
    headers.append("set-cookie", f"{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax")
