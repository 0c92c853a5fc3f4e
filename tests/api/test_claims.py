"""Plan as a claim: what is signed, until when, by which key, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from typer.testing import CliRunner

from lib.billing.api.parts import Api
from lib.billing.cli import assembled
from lib.billing.client import ClaimInvalid, PortsideClient
from lib.billing.client.verifying import Verifier
from lib.billing.domain.errors import ConfigurationError
from lib.billing.settings.api_tokens import read_api_tokens
from lib.billing.signing import LIFETIME, Signer, read_keys, write_new_key
from lib.billing.store.engine import Store
from tests.api.product import (
    DAY,
    END,
    READS,
    TOKENS,
    Product,
    T,
    selling,
    somebody,
    subscription,
)

OLD, NEW = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
SIGNED_AT = 1_700_000_000
"""The system's clock, which is not the world's."""


@dataclass
class Signed:
    """A product whose plans are signed by keys that can be exchanged."""

    product: Product
    signer: Signer
    verifier: Verifier

    def claims(self, name: str) -> dict[str, Any]:
        answer = self.product.ask(f"{name}/token")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return dict(jwt.decode(answer.json()["token"], NEW, algorithms=["ES256"]).claims)


@pytest.fixture
def signed(sqlite_store: Store) -> Iterator[Signed]:
    told = [
        *somebody("cus_1", subscription(), org="org_1"),
        *somebody("cus_2", subscription(cancel_at=END)),
        *somebody("cus_3", subscription("past_due")),
        *somebody("cus_4", subscription("canceled", ended_at=T)),
    ]
    signer = Signer((NEW, OLD), audience="shop", ticks=lambda: SIGNED_AT + 0.7)
    with selling(sqlite_store, told, Api(read_api_tokens(TOKENS), signer)) as product:
        verifier = Verifier("portside", "shop", clock=lambda: SIGNED_AT + 1)
        verifier.learn(product.client.get("/.well-known/jwks.json").json())
        yield Signed(product, signer, verifier)


def test_it_says_what_a_session_needs(signed: Signed) -> None:
    assert signed.claims("org_1") == {
        "iss": "portside",
        "sub": "org_1",
        "aud": "shop",
        "iat": SIGNED_AT,
        "exp": SIGNED_AT + LIFETIME,
        "org": "org_1",
        "customer": "cus_1",
        "plan_key": "pro",
        "plan_name": "Pro",
        "access": True,
        "access_until": None,
        "rule": "active",
        "features": ["analytics", "api"],
        "limits": {"projects": 5, "seats": 10},
    }


BOUNDS = {
    "long before the end": ("cus_2", END - 2 * DAY, LIFETIME),
    "a minute before the end": ("cus_2", END - 60, 60),
    "a second before the end": ("cus_2", END - 1, 1),
    "once it has ended": ("cus_2", END, LIFETIME),
    "a minute before grace ends": ("cus_3", T + 14 * DAY - 60, 60),
    "without access": ("cus_4", T + DAY, LIFETIME),
}


@pytest.mark.parametrize(("name", "now", "seconds"), BOUNDS.values(), ids=BOUNDS.keys())
def test_it_ends_with_the_access_that_it_tells_of(
    signed: Signed, name: str, now: int, seconds: int
) -> None:
    signed.product.at = now
    claims = signed.claims(name)
    assert claims["exp"] - claims["iat"] == seconds
    assert claims["access"] is (name != "cus_4" and now != END)


def test_the_published_keys_are_public_and_the_newest_signs(signed: Signed) -> None:
    answer = signed.product.client.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = answer.json()["keys"]
    assert [key["kid"] for key in keys] == [NEW.thumbprint(), OLD.thumbprint()]
    for key in keys:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["alg"], key["use"], key["crv"]) == ("ES256", "sig", "P-256")
    token = signed.product.ask("cus_1/token").json()["token"]
    header = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
    assert header == {"alg": "ES256", "kid": NEW.thumbprint(), "typ": "plan+jwt"}


def test_a_token_of_the_key_before_is_still_verified(signed: Signed) -> None:
    before = replace(signed.signer, keys=(OLD,))
    assert signed.verifier.verify(_claim(before, signed)).plan_key == "pro"


def _claim(signer: Signer, signed: Signed) -> str:
    from lib.billing.domain.gating import entitled
    from lib.billing.gating import Gate
    from lib.billing.settings.setup import Setup
    from tests.api.product import CATALOG

    gate = Gate(signed.product.store, Setup(catalog=CATALOG), lambda: signed.product.at)
    found = entitled(gate.rows(["cus_1"])["cus_1"], signed.product.at, CATALOG)
    return signer.claim("cus_1", found, signed.product.at, CATALOG).token


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _forged(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    tail = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    return f"{_part(header)}.{_part(claims)}.{tail}"


def test_what_is_not_signed_by_a_published_key_is_refused(signed: Signed) -> None:
    good = signed.product.ask("cus_1/token").json()["token"]
    claims = signed.claims("cus_1")
    head = {"alg": "ES256", "kid": NEW.thumbprint(), "typ": "plan+jwt"}
    stranger = ECKey.generate_key("P-256")
    body = f"{_part({**head, 'alg': 'HS256'})}.{_part(claims)}"
    public = NEW.as_pem(private=False)
    secret = hmac.new(public, body.encode(), hashlib.sha256).digest()
    first, middle, last = good.split(".")

    def es256(key: ECKey, header: dict[str, Any], said: dict[str, Any]) -> str:
        return jwt.encode(header, said, key, algorithms=["ES256"])

    refused = {
        "alg none": _forged({**head, "alg": "none"}, claims),
        "alg none in capitals": _forged({**head, "alg": "NONE"}, claims),
        "HS256 with the public key": _forged({**head, "alg": "HS256"}, claims, secret),
        "HS256 by the library": jwt.encode(
            {**head, "alg": "HS256"}, claims, OctKey.import_key("s" * 32), algorithms=["HS256"]
        ),
        "a stranger's key under our kid": es256(stranger, head, claims),
        "a stranger's key under its own": es256(
            stranger, {**head, "kid": stranger.thumbprint()}, claims
        ),
        "a stranger's key that the token brings": es256(
            stranger, {**head, "jwk": stranger.as_dict(private=False)}, claims
        ),
        "no kid": es256(NEW, {"alg": "ES256", "typ": "plan+jwt"}, claims),
        "another kind of token": es256(NEW, {**head, "typ": "JWT"}, claims),
        "another issuer": es256(NEW, head, {**claims, "iss": "elsewhere"}),
        "another audience": es256(NEW, head, {**claims, "aud": "other"}),
        "ended": es256(NEW, head, {**claims, "exp": SIGNED_AT + 1}),
        "without an end": es256(NEW, head, {k: v for k, v in claims.items() if k != "exp"}),
        "from the future": es256(NEW, head, {**claims, "iat": SIGNED_AT + 3_600}),
        "without a plan": es256(NEW, head, {k: v for k, v in claims.items() if k != "plan_key"}),
        "other claims under the signature": f"{first}.{_part({**claims, 'plan_key': 'x'})}.{last}",
        "no signature": f"{first}.{middle}.",
        "a piece": first,
        "nothing": "",
        "something else": "not.a.token",
    }
    assert signed.verifier.verify(good).plan_key == "pro"
    assert [what for what, token in refused.items() if _believed(signed.verifier, token)] == []


def _believed(verifier: Verifier, token: str) -> bool:
    try:
        verifier.verify(token)
    except ClaimInvalid:
        return False
    return True


def test_the_client_learns_a_new_key_when_it_meets_one(sqlite_store: Store) -> None:
    """Over HTTP: the key is exchanged while the client runs, with the old one still published."""
    keys = [OLD]
    signer = Signer(keys)
    told = somebody("cus_1", subscription())
    with (
        selling(sqlite_store, told, Api(read_api_tokens(TOKENS), signer)) as product,
        PortsideClient(str(product.client.base_url), READS) as client,
    ):
        early = client.token("cus_1")
        assert client.verify(early).plan_key == "pro"
        keys.insert(0, NEW)
        late = client.token("cus_1")
        client._verifier._asked_at -= 60  # a minute passes
        assert client.verify(late).has("api")
        assert client.verify(early).limits == {"projects": 5, "seats": 10}
        keys.remove(OLD)
        forged = jwt.encode(
            {"alg": "ES256", "kid": "unheard", "typ": "plan+jwt"}, {}, OLD, algorithms=["ES256"]
        )
        for _ in range(3):
            with pytest.raises(ClaimInvalid):
                client.verify(forged)


def test_without_a_key_nothing_is_signed_or_published(sqlite_store: Store) -> None:
    with selling(sqlite_store, somebody("cus_1", subscription())) as product:
        for path in ("/v1/entitlements/cus_1/token", "/.well-known/jwks.json"):
            headers = {"Authorization": f"Bearer {READS}"}
            answer = product.client.get(path, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "signing_off")


def test_keys_new_writes_a_file_that_its_owner_alone_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.pem"
    assert CliRunner().invoke(assembled(), ["keys", "new", str(path)]).exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (key,) = read_keys([path])
    assert key.is_private
    with pytest.raises(ConfigurationError, match="is there already"):
        write_new_key(path)
    assert read_keys([path])[0].thumbprint() == key.thumbprint()
    monkeypatch.setenv("PORTSIDE_CLAIM_KEYS", str(path))
    listed = CliRunner().invoke(assembled(), ["keys", "list"])
    assert f"{key.thumbprint()}  signs" in listed.output


UNUSABLE = {
    "nothing there": (None, "cannot be read"),
    "no PEM": (b"hello", "holds no private key"),
    "a public key": (NEW.as_pem(private=False), "holds no private key"),
    "another curve": (ECKey.generate_key("P-384").as_pem(private=True), "holds no private key"),
}


@pytest.mark.parametrize(("content", "problem"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_signing_key_is_refused_at_the_start_with(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "plan.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read_keys([path])
    assert "plan.pem" in str(caught.value)
