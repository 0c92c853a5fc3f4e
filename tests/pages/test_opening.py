"""A dashboard that is configured half does not start, and says in one sentence what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import opening, signin
from lib.billing.cli.running import dashboard

TOML = '[sign_in.headers]\nemail = "X-Email"\nsecret = "X-Proof"\npeers = ["10.0.0.5"]\n'
WHOLE = {
    "PORTSIDE_PROXY_SECRET": "a secret that only the proxy knows",
    "FORWARDED_ALLOW_IPS": "",
    "PORTSIDE_DEMO_SIGN_IN": "",
}


@pytest.fixture
def behind_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "portside.toml").write_text(TOML)
    monkeypatch.setenv("PORTSIDE_CONFIG", str(tmp_path / "portside.toml"))
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    signin.use()
    yield
    signin.use()


def test_behind_a_proxy_it_starts_on_any_address(behind_a_proxy: None) -> None:
    assert opening.refusal() is None
    assert signin.method() is signin.Method.PROXY


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param("PORTSIDE_DEMO_SIGN_IN", "1", "exclude each other", id="with the demo"),
        pytest.param("FORWARDED_ALLOW_IPS", "*", "true address", id="with forged addresses"),
        pytest.param("PORTSIDE_PROXY_SECRET", "", "belong together", id="without the secret"),
        pytest.param("PORTSIDE_PROXY_SECRET", "short", "24 characters", id="with a short secret"),
    ],
)
def test_a_proxy_that_is_configured_half(
    behind_a_proxy: None, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    assert said in str(opening.refusal())
    assert "\n" not in str(opening.refusal())


def test_the_command_starts_it_with_true_addresses(
    behind_a_proxy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")
    started: list[str | None] = []
    monkeypatch.setattr(os, "execv", lambda *_: started.append(os.environ.get(opening.FORWARDED)))
    dashboard(port=8501, host="0.0.0.0")
    assert started == [""]


def test_two_sign_ins_are_one_too_many(
    behind_a_proxy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "provider_configured", lambda: True)
    assert "There are two sign-ins" in str(opening.refusal())


SECTION = {
    "redirect_uri": "https://billing.example.com/oauth2callback",
    "cookie_secret": "c" * 32,
    "client_id": "portside",
    "client_secret": "hush",
    "server_metadata_url": "https://idp.example.com/.well-known/openid-configuration",
}
NAMED = {"client_id": "a", "client_secret": "b", "server_metadata_url": "c"}
SHARED = {key: SECTION[key] for key in ("redirect_uri", "cookie_secret")}

USABLE = {
    "one provider": SECTION,
    "one provider on this machine": SECTION
    | {"redirect_uri": "http://localhost:8501/oauth2callback"},
    "two named ones": SHARED | {"acme": NAMED, "other": NAMED},
    "one with options": SECTION | {"client_kwargs": {"prompt": "login"}},
}


@pytest.mark.parametrize("section", USABLE.values(), ids=USABLE.keys())
def test_a_provider_that_can_be_used(section: dict[str, object]) -> None:
    assert opening.of_provider(section) is None


WRONG = {
    "no address": ({"redirect_uri": ""}, "redirect_uri"),
    "an address without the callback": (
        {"redirect_uri": "https://billing.example.com/"},
        "redirect_uri",
    ),
    "without TLS": ({"redirect_uri": "http://billing.example.com/oauth2callback"}, "https://"),
    "a short cookie secret": ({"cookie_secret": "short"}, "cookie_secret"),
    "no client": ({"client_id": ""}, "lacks client_id"),
    "a name with an underscore": ({"my_idp": NAMED}, "underscore"),
    "a named one without its address": (
        {"acme": NAMED | {"server_metadata_url": ""}},
        "[auth.acme] of .streamlit/secrets.toml lacks server_metadata_url",
    ),
}


@pytest.mark.parametrize(("change", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_provider_that_cannot_be_used(change: dict[str, object], said: str) -> None:
    told = opening.of_provider(SECTION | change)
    assert said in str(told)
    assert "hush" not in str(told)
