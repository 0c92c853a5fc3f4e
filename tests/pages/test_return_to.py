"""Deep links over the identity provider, driven as ASGI: an attempt, and what comes back of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from dashboard import return_to
from tests.pages.test_door import ask

STATE = "abcDEF1234567890"
HERE = "http://localhost:8501"
COOKIE = f"{return_to.COOKIE}{STATE}"


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    section = {"redirect_uri": "https://billing.example.com/oauth2callback"}
    monkeypatch.setattr(st, "secrets", {"auth": section})


async def streamlit(scope: Scope, receive: Receive, send: Send) -> None:
    """Leaves for the provider, and comes back to "/" with or without its cookie."""
    answer: Response
    if scope["path"] == "/auth/login":
        answer = RedirectResponse(f"https://idp.example.com/authorize?state={STATE}&x=1", 302)
    else:
        answer = RedirectResponse("/", 302)
        if b"code=" in scope["query_string"]:
            answer.set_cookie("_streamlit_user", "signed", httponly=True)
    await answer(scope, receive, send)


async def away(scope: Scope, receive: Receive, send: Send) -> None:
    """The provider does not answer."""
    await PlainTextResponse("Authentication error", 400)(scope, receive, send)


APP = return_to.ReturnTo(streamlit)

LEFT = {
    "a page": (f"{HERE}/customer?customer=cus_1", "/customer?customer=cus_1"),
    "a page seen under its public name": ("https://billing.example.com/sync", "/sync"),
    "the home page": (f"{HERE}/", "/"),
}


@pytest.mark.parametrize(("referer", "address"), LEFT.values(), ids=LEFT.keys())
def test_an_attempt_comes_back_to_the_page_that_it_left(referer: str, address: str) -> None:
    _, left = ask(APP, "/auth/login", referer=referer)
    cookie = left["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={quote(address, safe='')};")
    assert "HttpOnly; SameSite=Lax" in cookie
    status, back = ask(
        APP, "/oauth2callback", query=f"state={STATE}&code=1", cookie=cookie.split(";")[0]
    )
    assert (status, back["location"]) == (302, address)
    assert f"{COOKIE}=; Path=/; Max-Age=0" in back["set-cookie"]


FOREIGN = {
    "a page elsewhere": "https://evil.test/customer",
    "another host's page": "//evil.test/",
    "nothing": "",
    "a very long one": f"{HERE}/{'x' * 2000}",
}


@pytest.mark.parametrize("referer", FOREIGN.values(), ids=FOREIGN.keys())
def test_only_a_page_of_ours_is_remembered(referer: str) -> None:
    assert "set-cookie" not in ask(APP, "/auth/login", referer=referer)[1]


ELSEWHERE = ["//evil.test/", "https://evil.test/", "/\\evil.test", "/a\r\nSet-Cookie: x=1", "/€"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(address: str) -> None:
    query, cookie = f"state={STATE}&code=1", f"{COOKIE}={quote(address, safe='')}"
    assert ask(APP, "/oauth2callback", query=query, cookie=cookie)[1]["location"] == "/"


def test_two_tabs_come_back_to_two_pages() -> None:
    both = f"{COOKIE}=%2Fsync; {return_to.COOKIE}otherSTATE99=%2Fcustomer"
    for state, page in ((STATE, "/sync"), ("otherSTATE99", "/customer")):
        _, back = ask(APP, "/oauth2callback", query=f"state={state}&code=1", cookie=both)
        assert back["location"] == page


CAME_BACK = {
    "signed in": (f"state={STATE}&code=1", f"{return_to.FAILED}=; Path=/; Max-Age=0"),
    "refused by the provider": (f"state={STATE}&error=access_denied", f"{return_to.FAILED}=1;"),
    "refused without a state": ("error=server_error", f"{return_to.FAILED}=1;"),
}


@pytest.mark.parametrize(("query", "cookie"), CAME_BACK.values(), ids=CAME_BACK.keys())
def test_the_page_that_follows_knows_whether_it_worked(query: str, cookie: str) -> None:
    assert cookie in ask(APP, "/oauth2callback", query=query)[1]["set-cookie"]


def test_signing_out_at_the_provider_is_no_failure() -> None:
    assert "set-cookie" not in ask(APP, "/oauth2callback")[1]


def test_a_provider_that_is_away_leads_back_to_the_page_with_words() -> None:
    status, back = ask(return_to.ReturnTo(away), "/auth/login", referer=f"{HERE}/sync?q=1")
    assert (status, back["location"]) == (303, "/sync?q=1")
    assert f"{return_to.FAILED}=1;" in back["set-cookie"]
