"""The client against a real server that changes its mind, breaks, and goes away."""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib.billing.client import (
    AsyncPortsideClient,
    Entitlements,
    PortsideClient,
    PortsideError,
    PortsideRefused,
    PortsideUnavailable,
)
from tests.client.server import Server, entitled, reply, slow

TOKEN = "a-token-of-the-product"
ROOT = Path(__file__).parents[2]


class Ticks:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def made(server: Server, ticks: Ticks) -> Iterator[Any]:
    """Makes clients of the server whose time is `ticks`."""
    clients = []

    def make(**options: Any) -> PortsideClient:
        client = PortsideClient(server.url, TOKEN, **options)
        client._core._ticks = ticks
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


def test_it_tells_what_somebody_may_use(server: Server, made: Any) -> None:
    client = made()
    assert client.has("org_1", "api")
    assert not client.has("org_1", "sso")
    assert client.limit("org_1", "seats") == 10
    assert client.limit("org_1", "projects") is None
    assert client.entitlements("org_1").plan == "pro"
    (asked,) = server.asked  # one answer was enough for all of it
    assert asked[:2] == ("GET", "/v1/entitlements/org_1")
    assert asked[2]["authorization"] == f"Bearer {TOKEN}"


def test_an_awkward_id_travels_as_one(server: Server, made: Any) -> None:
    made().entitlements("a/b ?#%ü")
    assert server.asked[0][1] == "/v1/entitlements/a%2Fb%20%3F%23%25%C3%BC"
    for name in ("", ".", ".."):
        with pytest.raises(ValueError, match="is no id"):
            made().entitlements(name)


def test_after_its_time_an_answer_is_asked_for_again_by_its_tag(
    server: Server, made: Any, ticks: Ticks
) -> None:
    client = made(ttl=20)
    client.entitlements("org_1")
    ticks.now += 19.9
    client.entitlements("org_1")
    assert len(server.asked) == 1
    ticks.now += 0.2
    server.answers = [(304, {"Cache-Control": "private, max-age=5", "ETag": '"one"'}, b"")]
    assert client.has("org_1", "api")
    assert server.asked[1][2]["if-none-match"] == '"one"'
    ticks.now += 5.1  # what Portside says is less than our own time
    server.answers = [reply(entitled(features=["sso"]), ETag='"two"')]
    assert client.has("org_1", "sso")
    assert not client.has("org_1", "api")


def test_it_remembers_no_more_than_it_may(server: Server, made: Any) -> None:
    client = made(size=2)
    for name in ("a", "b", "a", "c", "a", "b"):
        client.entitlements(name)
    assert [asked[1].rpartition("/")[2] for asked in server.asked] == ["a", "b", "c", "b"]
    assert len(client._core.cache) == 2
    client.forget("a")
    client.forget()
    assert len(client._core.cache) == 0


UNKNOWN = {
    "code": "no_customer",
    "message": "No customer matches.",
    "default": {"plan": "free", "plan_name": "Free", "features": ["basic"], "limits": {"seats": 1}},
}


def test_who_has_bought_nothing_has_the_default_plan(
    server: Server, made: Any, ticks: Ticks
) -> None:
    client = made()
    server.answers = [reply(UNKNOWN, 404)]
    found = client.entitlements("org_new")
    assert (found.known, found.access, found.plan) == (False, False, "free")
    assert (found.has("basic"), found.has("api"), found.limit("seats")) == (True, False, 1)
    client.entitlements("org_new")
    assert len(server.asked) == 1
    ticks.now += 5.1  # they may have bought something by now
    server.answers = [reply(entitled())]
    assert client.has("org_new", "api")


def _by_hand(name: str, error: PortsideError) -> Entitlements:
    return Entitlements(name, "emergency", features=frozenset({"login"}), source="allow")


AWAY = {
    "deny": ("deny", (False, False, 0, "deny")),
    "allow": ("allow", (True, True, None, "allow")),
    "stale, where nothing is known": ("stale", (False, False, 0, "deny")),
    "a function": (_by_hand, (True, True, None, "allow")),
}


@pytest.mark.parametrize(("choice", "expected"), AWAY.values(), ids=AWAY.keys())
def test_when_nobody_answers_it_does_what_was_chosen(
    server: Server, made: Any, choice: Any, expected: tuple[Any, ...]
) -> None:
    client = made(on_failure=choice)
    server.stop()
    found = client.entitlements("org_1")
    told = (client.has("org_1", "api"), client.has("org_1", "x"), client.limit("org_1", "seats"))
    assert (*told, found.source) == expected


def test_when_it_should_raise_it_raises(server: Server, made: Any) -> None:
    client = made(on_failure="raise")
    server.stop()
    with pytest.raises(PortsideUnavailable, match=r"Portside is away \(ConnectError\)") as caught:
        client.has("org_1", "api")
    assert TOKEN not in repr(caught.value)
    with pytest.raises(ValueError, match="on_failure"):
        PortsideClient(server.url, TOKEN, on_failure="shrug")  # type: ignore[arg-type]


def test_the_last_answer_serves_for_a_chosen_time_while_portside_is_away(
    server: Server, made: Any, ticks: Ticks
) -> None:
    client = made(on_failure="deny", stale_for=120)
    assert client.has("org_1", "api")
    server.stop()
    ticks.now += 119
    found = client.entitlements("org_1")
    assert (found.has("api"), found.source) == (True, "stale")
    ticks.now += 2
    assert client.entitlements("org_1").source == "deny"
    server.start()
    ticks.now += 2
    assert client.entitlements("org_1").source == "answer"


def test_stale_serves_however_old_but_never_beyond_the_second_in_which_it_changes(
    server: Server, made: Any, ticks: Ticks
) -> None:
    server.answers = [reply(entitled(changes_at="2026-01-08T00:00:00Z"))]
    client = made(on_failure="stale")
    assert client.has("org_1", "api")
    server.stop()
    ticks.now += 7 * 86_400 - 1
    assert client.has("org_1", "api")
    ticks.now += 1
    assert not client.has("org_1", "api")


def test_an_answer_that_changes_soon_is_asked_for_again_then(
    server: Server, made: Any, ticks: Ticks
) -> None:
    server.answers = [reply(entitled(changes_at="2026-01-01T00:00:10Z"))]
    client = made(ttl=60)
    client.entitlements("org_1")
    ticks.now += 9.9
    client.entitlements("org_1")
    assert len(server.asked) == 1
    ticks.now += 0.2
    client.entitlements("org_1")
    assert len(server.asked) == 2
    assert "if-none-match" not in server.asked[1][2]


def test_an_outage_is_not_paid_for_by_every_request(
    server: Server, made: Any, ticks: Ticks
) -> None:
    client = made(retries=0)
    server.answers = [reply({"code": "x", "message": "Broken."}, 500)]
    for name in ("a", "b", "c"):
        assert client.entitlements(name).source == "deny"
    assert len(server.asked) == 1
    ticks.now += 1.1
    server.answers = [reply(entitled())]
    assert client.has("a", "api")
    assert client.has("b", "api")


BROKEN = {
    "500": reply({"code": "unexpected", "message": "Oh."}, 500),
    "a page of a proxy": (502, {"Content-Type": "text/html"}, b"<h1>Bad gateway"),
    "JSON that is no answer": reply({"hello": "world"}),
    "no JSON": (200, {}, b"hello"),
    "a wrong token": reply({"code": "token_invalid", "message": "No."}, 401),
    "an API that is off": reply({"code": "api_off", "message": "Off."}, 404),
    "a 304 that nobody asked for": (304, {}, b""),
    "somewhere else": (302, {"Location": "http://127.0.0.1:1/"}, b""),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_it_is_no_answer(server: Server, made: Any, answer: Any) -> None:
    server.answers = [answer]
    assert made(on_failure="allow").entitlements("org_1").source == "allow"
    with pytest.raises(PortsideError):
        made(on_failure="raise").entitlements("org_1")
    assert len(server.asked) == 2  # none of these is tried again


def test_only_503_is_tried_again(server: Server, made: Any) -> None:
    away = reply({"code": "database_unavailable", "message": "Away."}, 503)
    server.answers = [away, away, reply(entitled())]
    assert made(retries=2).has("org_1", "api")
    assert len(server.asked) == 3
    server.answers = [away]
    assert not made(retries=1).has("org_1", "api")
    assert len(server.asked) == 5


def test_it_does_not_wait_for_ever(server: Server, made: Any) -> None:
    server.answers = [lambda: slow(1.0)]
    assert made(timeout=0.05).entitlements("org_1").source == "deny"


def test_failures_are_logged_without_the_token(
    server: Server, made: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [reply({"code": "token_invalid", "message": "Not known."}, 401)]
    client = made()
    client.has("org_1", "api")
    client.has("org_2", "api")
    told = [(r.levelno, r.getMessage()) for r in caplog.records if r.name == "portside.client"]
    assert told == [(logging.ERROR, "no entitlements: Not known. [token_invalid]")]
    assert TOKEN not in caplog.text


def test_many_threads_share_one(server: Server, made: Any) -> None:
    client = made(size=5)
    wrong: list[str] = []

    def ask(number: int) -> None:
        for turn in range(20):
            if not client.has(f"org_{(number + turn) % 8}", "api"):
                wrong.append(f"{number}:{turn}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(client._core.cache) == 5


SESSION = {
    "url": "https://billing.example/p/session/secret",
    "flow": "home",
    "expires_at": "2026-01-01T00:05:00Z",
    "plan": None,
    "code": None,
}


def test_manage_billing_asks_once_with_a_key(server: Server, made: Any) -> None:
    server.answers = [reply(SESSION, 201)]
    client = made()
    wanted = {"org": "org_1", "member": "mem_1", "permissions": ["org:write:billing"]}
    assert client.portal_url(**wanted) == SESSION["url"]
    session = client.portal_session(**wanted, flow="renew", idempotency_key="click-9")
    assert "secret" not in repr(session)
    method, path, headers, body = server.asked[1]
    assert (method, path, headers["idempotency-key"]) == ("POST", "/v1/portal-sessions", "click-9")
    assert httpx.Response(200, content=body).json() == {**wanted, "flow": "renew"}
    assert len(server.asked[0][2]["idempotency-key"]) == 32


PRICING = {
    "url": "https://billing.example/pricing/main?t=secret",
    "table": "main",
    "customer_id": None,
    "expires_at": "2026-01-01T00:30:00Z",
}


def test_the_pricing_page_is_asked_for_a_member(server: Server, made: Any) -> None:
    server.answers = [reply(PRICING, 201), reply(PRICING, 201)]
    wanted = {"org": "org_1", "member": "mem_1", "permissions": ["org:write:billing"]}
    link = made().pricing_link(**wanted, lang="ja")

    async def awaited() -> object:
        async with AsyncPortsideClient(server.url, TOKEN) as client:
            return await client.pricing_link(**wanted, lang="ja")

    assert asyncio.run(awaited()) == link
    assert (link.url, link.table, link.customer_id) == (PRICING["url"], "main", None)
    assert link.expires_at is not None
    assert "secret" not in repr(link)
    for method, path, _, body in server.asked:
        assert (method, path) == ("POST", "/v1/pricing-links")
        assert httpx.Response(200, content=body).json() == {**wanted, "lang": "ja"}


def test_a_refused_link_raises_with_its_code(server: Server, made: Any) -> None:
    server.answers = [reply({"code": "not_winding_down", "message": "Nothing to renew."}, 409)]
    with pytest.raises(PortsideRefused) as caught:
        made().portal_url(org="o", member="m", permissions=[], flow="renew")
    assert (caught.value.status, caught.value.code) == (409, "not_winding_down")
    assert caught.value.message == "Nothing to renew."


def test_the_one_that_awaits_does_the_same(server: Server) -> None:
    async def story() -> None:
        async with AsyncPortsideClient(server.url, TOKEN, stale_for=60) as client:
            found = await asyncio.gather(*(client.has("org_1", "api") for _ in range(3)))
            assert found == [True, True, True]
            assert await client.limit("org_1", "seats") == 10
            server.answers = [reply(SESSION, 201)]
            wanted = {"org": "org_1", "member": "m", "permissions": ["p"]}
            assert await client.portal_url(**wanted) == SESSION["url"]
            away = reply({"code": "x", "message": "Away."}, 503)
            server.answers = [away, reply(entitled(plan="team"))]
            client.forget()
            assert (await client.entitlements("org_1")).plan == "team"
            server.stop()
            client._core._ticks = lambda: 1e12
            assert (await client.entitlements("org_1")).source == "deny"

    asyncio.run(story())


ALONE = """
import sys
import {name} as portside
loaded = set(sys.modules) & {{"sqlalchemy", "stripe", "pandas", "streamlit", "pydantic", "joserfc"}}
assert not loaded, loaded
client = portside.PortsideClient("http://127.0.0.1:1", "token", on_failure="deny")
assert client.has("org_1", "api") is False
"""


def test_it_is_imported_alone_and_can_be_copied_into_another_project(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "lib" / "billing" / "client", tmp_path / "portside_client")
    for folder, name in ((ROOT, "lib.billing.client"), (tmp_path, "portside_client")):
        code = ALONE.format(name=name)
        environment = {"PYTHONPATH": str(folder), "PATH": ""}
        subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True)
