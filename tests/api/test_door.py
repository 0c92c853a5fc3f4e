"""Who is let in at /v1: tokens with scopes, several of them, and noise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from starlette.requests import Request

from lib.billing.api.answers import Refused
from lib.billing.api.door import NOISE, Door
from lib.billing.api.parts import Api
from lib.billing.config import Settings
from lib.billing.domain.errors import ConfigurationError
from lib.billing.serving.noise import WINDOW
from lib.billing.settings.api_tokens import Scope, read_api_tokens, recognized
from lib.billing.store.engine import Store
from tests.api.product import READS, TOKENS, WRITES, Product, selling, somebody, subscription
from tests.fresh import fresh_store

READ, WRITE = Scope.READ_ENTITLEMENTS, Scope.WRITE_PORTAL_SESSIONS
SECRET = "a-secret-for-the-tests"

SPELLINGS = {
    "a scope": (f"read:entitlements={SECRET}", [("token1", {READ})]),
    "a name and two scopes": (
        f"shop/read:entitlements+write:portal-sessions={SECRET}",
        [("shop", {READ, WRITE})],
    ),
    "a secret alone may read": (SECRET, [("token1", {READ})]),
    "a secret alone with padding": (f"{SECRET}==", [("token1", {READ})]),
    "a secret with slashes": (f"ab/cd+{SECRET}", [("token1", {READ})]),
    "several, with blanks": (
        f" shop/read:entitlements={SECRET}1 , write:portal-sessions={SECRET}2,",
        [("shop", {READ}), ("token2", {WRITE})],
    ),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_tokens_are_spelled_with(text: str, expected: list[tuple[str, set[Scope]]]) -> None:
    tokens = read_api_tokens(text)
    assert [(token.name, set(token.scopes)) for token in tokens] == expected
    assert SECRET not in repr(tokens)


UNUSABLE = {
    "an unknown scope": (f"read:everything={SECRET}", "names the scope 'read:everything'"),
    "a scope that was mistyped": (f"shop/read:entitlement={SECRET}", "'read:entitlement'"),
    "a short secret": ("read:entitlements=short", "fewer than 16 characters"),
    "no secret": ("read:entitlements=", "is neither"),
    "a secret that no header carries": (f"read:entitlements={SECRET} {SECRET}", "is neither"),
    "something else": (f"entitlements={SECRET}", "is neither"),
}


@pytest.mark.parametrize(("text", "problem"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_token_is_refused_at_the_start_for(text: str, problem: str) -> None:
    settings = Settings.load({"PORTSIDE_API_TOKEN": f"read:entitlements={SECRET}x,{text}"})
    with pytest.raises(ConfigurationError, match="PORTSIDE_API_TOKEN: entry 2") as caught:
        _ = settings.api_callers
    assert problem in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(settings)


def test_old_and_new_secret_of_one_caller_are_both_let_in() -> None:
    tokens = read_api_tokens(
        "shop/read:entitlements=old-old-old-old-old,shop/read:entitlements=new-new-new-new-new"
    )
    found = [
        recognized(secret, tokens) for secret in ("old-old-old-old-old", "new-new-new-new-new")
    ]
    assert [token.name if token else None for token in found] == ["shop", "shop"]
    assert recognized("old-old-old-old-ol", tokens) is None


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    store = fresh_store(tmp_path_factory.mktemp("door") / "portside.db")
    with selling(store, somebody("cus_1", subscription())) as made:
        yield made
    store.close()


DOORS = {
    "no token": ({}, 401, "token_missing", 'Bearer realm="portside"'),
    "another kind of credential": ({"Authorization": "Basic abc"}, 401, "token_missing", None),
    "no token after the word": ({"Authorization": "Bearer"}, 401, "token_missing", None),
    "a wrong token": (
        {"Authorization": f"Bearer {READS}x"},
        401,
        "token_invalid",
        'Bearer realm="portside", error="invalid_token"',
    ),
    "a token of another scope": (
        {"Authorization": f"Bearer {WRITES}"},
        403,
        "scope_missing",
        'Bearer realm="portside", error="insufficient_scope", scope="read:entitlements"',
    ),
    "the token as a parameter": ({}, 401, "token_missing", None),
}


@pytest.mark.parametrize(("headers", "status", "code", "asks"), DOORS.values(), ids=DOORS.keys())
@pytest.mark.parametrize("path", ["cus_1", "cus_9", "cus_1/token"])
def test_it_is_refused_before_anything_is_looked_up_with(
    product: Product, path: str, headers: dict[str, str], status: int, code: str, asks: str | None
) -> None:
    url = f"/v1/entitlements/{path}?access_token={READS}"
    answer = product.client.get(url, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["cache-control"] == "no-store"
    if asks is not None:
        assert answer.headers["www-authenticate"] == asks


def test_the_scheme_is_spelled_in_any_case(product: Product) -> None:
    headers = {"Authorization": f"bearer {READS}"}
    assert product.client.get("/v1/entitlements/cus_1", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["", "/", "/plans", "/entitlements"])
def test_what_is_not_there_is_told_to_those_with_a_token_alone(product: Product, path: str) -> None:
    assert product.client.get(f"/v1{path}").status_code == 401
    headers = {"Authorization": f"Bearer {READS}"}
    answer = product.client.get(f"/v1{path}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_without_a_configured_token_all_of_it_is_404(sqlite_store: Store) -> None:
    with selling(sqlite_store, somebody("cus_1", subscription()), api=Api()) as product:
        headers = {"Authorization": f"Bearer {READS}"}
        for path in (
            "/v1/entitlements/cus_1",
            "/v1/entitlements/cus_1/token",
            "/v1/portal-sessions",
            "/v1/anything",
            "/v1",
            "/openapi.json",
        ):
            answer = product.client.get(path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "api_off")
        assert product.client.get("/healthz").status_code == 200


class Noise:
    """A door, an address and a clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.door = Door(read_api_tokens(TOKENS), ticks=lambda: self.now)

    def knock(self, address: str = "192.0.2.1", secret: str = "wrong") -> int:
        scope = {
            "type": "http",
            "client": (address, 1),
            "headers": [(b"authorization", f"Bearer {secret}".encode())],
        }
        try:
            self.door.caller(Request(scope), READ)
        except Refused as refused:
            return refused.status
        return 200


def test_noise_of_one_address_is_cut_off_and_a_valid_token_never_is() -> None:
    noise = Noise()
    with structlog.testing.capture_logs() as logs:
        assert [noise.knock() for _ in range(NOISE)] == [401] * NOISE
        assert noise.knock() == 429
        assert noise.knock(secret=READS) == 200
        assert noise.knock(address="192.0.2.2") == 401
        noise.now = WINDOW
        assert noise.knock() == 401
    told = [(log["event"], log["address"]) for log in logs]
    assert told == [
        ("api_token_refused", "192.0.2.1"),
        ("api_token_refused", "192.0.2.2"),
        ("api_token_refused", "192.0.2.1"),
    ]


def test_many_addresses_do_not_fill_the_memory() -> None:
    noise = Noise()
    for number in range(5_000):
        noise.knock(address=f"2001:db8::{number:x}")
    assert len(noise.door._noise) <= 4_096
