"""The middleware in front of Streamlit, driven as ASGI."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from dashboard import door, signin


async def cookies(scope: Scope, receive: Receive, send: Send) -> None:
    answer = HTMLResponse("")
    answer.headers.append("set-cookie", "a=1")
    answer.headers.append("set-cookie", "b=2; Secure")
    await answer(scope, receive, send)


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
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
    referer: str = "",
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
        "headers": [
            (b"host", host.encode()),
            (b"cookie", cookie.encode()),
            (b"referer", referer.encode()),
        ],
        "server": (server, 8501),
        "client": (client, 50_000),
    }
    asyncio.run(app(scope, receive, send))
    first = sent[0]
    headers: dict[str, str] = {}
    for key, value in first.get("headers", []):
        name = key.decode()
        headers[name] = f"{headers[name]}|{value.decode()}" if name in headers else value.decode()
    return first.get("status", first["type"]), headers


def test_every_answer_carries_the_security_headers() -> None:
    _, headers = ask(door.SecurityHeaders(page))
    assert "img-src 'self' data: blob:" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


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


@pytest.mark.parametrize("https", [True, False], ids=["over https", "on this machine"])
def test_cookies_of_a_dashboard_behind_https_never_travel_without_it(
    monkeypatch: pytest.MonkeyPatch, https: bool
) -> None:
    monkeypatch.setattr(signin, "served_by_https", lambda: https)
    _, headers = ask(door.SecurityHeaders(cookies))
    assert headers["set-cookie"] == ("a=1; Secure|b=2; Secure" if https else "a=1|b=2; Secure")
