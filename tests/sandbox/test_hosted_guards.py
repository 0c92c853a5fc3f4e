"""Who may reach the pages: hosts, other sites' forms, headers, and what must not leak."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lib.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.shop import NOW, open_shop


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield running


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="no browser"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="our own form"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site's form"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="another port's form"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="another origin"),
        pytest.param({"Origin": "null"}, 403, id="a sandboxed frame"),
        pytest.param({"Host": "evil.example"}, 421, id="a rebound name"),
    ],
)
@pytest.mark.parametrize("path", ["/_sandbox/start/clock", "/_sandbox/clock"])
def test_the_clock_moves_only_for_our_own_page(
    running: RunningSandbox, path: str, headers: dict[str, str], status: int
) -> None:
    before = running.sandbox.clock.running()
    if path.startswith("/_sandbox/start"):
        answer = httpx.post(running.url + path, data={"step": "hour"}, headers=headers)
    else:
        answer = httpx.post(running.url + path, json={"advance": 3600}, headers=headers)

    assert answer.status_code == status
    assert running.sandbox.clock.running() == before + (3600 if status == 200 else 0)


def test_an_own_origin_is_welcome(running: RunningSandbox) -> None:
    answer = httpx.post(
        running.url + "/_sandbox/start/clock",
        data={"step": "hour"},
        headers={"Origin": running.url},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/_sandbox/clock", "/p/session/x", "/_sandbox/history"])
def test_other_host_names_are_not_served(running: RunningSandbox, path: str) -> None:
    answer = httpx.get(running.url + path, headers={"Host": "evil.example"})
    assert answer.status_code == 421


def test_pages_cannot_be_framed_scripted_or_stored(running: RunningSandbox) -> None:
    shop = open_shop(running)
    session = shop.session(shop.customer(card=None))

    for url in (running.url + "/", session.url):
        answer = httpx.get(url)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_a_form_that_is_too_large_is_refused(running: RunningSandbox) -> None:
    answer = httpx.post(running.url + "/_sandbox/act", data={"customer": "x" * 200_000})
    assert answer.status_code == 413


def test_the_style_sheet_is_served_locally(running: RunningSandbox) -> None:
    answer = httpx.get(running.url + "/_sandbox/sandbox.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text
