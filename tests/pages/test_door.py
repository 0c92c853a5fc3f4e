"""The middleware in front of Streamlit, driven as ASGI."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import Receive, Scope, Send

from dashboard import door, signin


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    elif scope["path"] == "/oauth2callback":
        await RedirectResponse("/")(scope, receive, send)
    else:
        await HTMLResponse("<p>page</p>")(scope, receive, send)


def ask(
    app: Any,
    path: str = "/",
    *,
    query: str = "",
    host: str = "localhost:8501",
    server: str = "127.0.0.1",
    client: str = "127.0.0.1",
    cookie: str = "",
    kind: str = "http",
) -> tuple[Any, dict[str, str]]:
    """(status or message type, headers) of one request."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"host", host.encode()), (b"cookie", cookie.encode())],
        "server": (server, 8501),
        "client": (client, 50_000),
    }
    asyncio.run(app(scope, receive, send))
    first = sent[0]
    headers = {k.decode(): v.decode() for k, v in first.get("headers", [])}
    return first.get("status", first["type"]), headers


def test_every_answer_carries_the_security_headers() -> None:
    _, headers = ask(door.SecurityHeaders(page))
    assert "img-src 'self' data: blob:" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("where", "status"),
    [
        pytest.param({}, 200, id="this machine"),
        pytest.param({"host": "[::1]:8501", "server": "::1", "client": "::1"}, 200, id="IPv6"),
        pytest.param({"client": "10.0.0.7"}, 403, id="from another machine"),
        pytest.param({"server": "10.0.0.5"}, 403, id="through another interface"),
        pytest.param({"host": "evil.test:8501"}, 403, id="a name rebound to loopback"),
        pytest.param({"host": ""}, 403, id="no host at all"),
    ],
)
def test_without_a_provider_only_this_machine_is_answered(
    monkeypatch: pytest.MonkeyPatch, where: dict[str, str], status: int
) -> None:
    monkeypatch.setattr(signin, "provider_configured", lambda: False)
    assert ask(door.LoopbackOnly(page), **where)[0] == status
    socket = ask(door.LoopbackOnly(page), kind="websocket", **where)[0]
    assert socket == ("websocket.accept" if status == 200 else "websocket.close")


def test_with_a_provider_others_may_knock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "provider_configured", lambda: True)
    assert ask(door.LoopbackOnly(page), host="billing.example.com", client="10.0.0.7")[0] == 200


def test_signing_in_leads_back_to_the_address_that_was_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signin, "provider_configured", lambda: True)
    app = door.ReturnTo(page)
    _, headers = ask(app, "/customer", query="customer=cus_1")
    cookie = headers["set-cookie"].split(";")[0]
    assert "HttpOnly" in headers["set-cookie"]
    _, headers = ask(app, "/oauth2callback", cookie=cookie)
    assert headers["location"] == "/customer?customer=cus_1"


@pytest.mark.parametrize(
    "address", ["//evil.test/", "https://evil.test/", "/\\evil.test", "/a\r\nSet-Cookie: x=1"]
)
def test_signing_in_never_leads_elsewhere(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    from urllib.parse import quote

    monkeypatch.setattr(signin, "provider_configured", lambda: True)
    cookie = f"{door.ReturnTo.COOKIE}={quote(address, safe='')}"
    _, headers = ask(door.ReturnTo(page), "/oauth2callback", cookie=cookie)
    assert headers["location"] == "/"
