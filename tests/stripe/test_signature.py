"""Only what Stripe signed gets in."""

from __future__ import annotations

import json

import pytest
import stripe

from lib.billing.domain.errors import PayloadInvalid, SignatureInvalid
from lib.billing.stripe.signature import sign, verify

NOW = 1_790_000_000
BODY = json.dumps({"id": "evt_1", "object": "event"}).encode()
SECRET = "whsec_one"


def _check(header: str | None, *secrets: str, body: bytes = BODY) -> dict[str, object]:
    return verify(body, header, secrets or (SECRET,), now=NOW)


def test_a_signed_body_is_the_event() -> None:
    assert _check(sign(BODY, SECRET, NOW)) == {"id": "evt_1", "object": "event"}


def test_our_signature_is_the_sdks() -> None:
    made = stripe.WebhookSignature.generate_signature_header(BODY.decode(), SECRET, timestamp=NOW)
    assert sign(BODY, SECRET, NOW).split(",")[:2] == made.split(",")[:2]


ACCEPTED = {
    "the second of two secrets": (sign(BODY, "whsec_two", NOW), ("whsec_one", "whsec_two")),
    "the second of two signatures": (
        sign(BODY, "whsec_old", NOW) + "," + sign(BODY, SECRET, NOW).split(",")[1],
        (SECRET,),
    ),
    "a signature of an unknown scheme beside it": (sign(BODY, SECRET, NOW) + ",v0=abc", (SECRET,)),
    "299 seconds old": (sign(BODY, SECRET, NOW - 299), (SECRET,)),
    "299 seconds ahead": (sign(BODY, SECRET, NOW + 299), (SECRET,)),
}


@pytest.mark.parametrize(("header", "secrets"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepted(header: str, secrets: tuple[str, ...]) -> None:
    assert _check(header, *secrets)["id"] == "evt_1"


GOOD = sign(BODY, SECRET, NOW)
REFUSED = {
    "no header": None,
    "an empty header": "",
    "garbage": "garbage",
    "no time": GOOD.split(",")[1],
    "two times": f"t={NOW},{GOOD}",
    "a time that is no number": GOOD.replace("t=", "t=-"),
    "no signature": f"t={NOW}",
    "only the test scheme": GOOD.replace("v1=", "v0="),
    "another secret": sign(BODY, "whsec_other", NOW),
    "another body": sign(BODY + b" ", SECRET, NOW),
    "a signature that is not ASCII": f"t={NOW},v1=é",
    "301 seconds old": sign(BODY, SECRET, NOW - 301),
    "an hour ahead": sign(BODY, SECRET, NOW + 3600),
}


@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED.keys())
def test_refused(header: str | None) -> None:
    with pytest.raises(SignatureInvalid):
        _check(header)


@pytest.mark.parametrize("secrets", [(), ("",)], ids=["no secret", "a blank secret"])
def test_without_a_secret_nothing_gets_in(secrets: tuple[str, ...]) -> None:
    with pytest.raises(SignatureInvalid, match="STRIPE_WEBHOOK_SECRET"):
        verify(BODY, sign(BODY, "", NOW), secrets, now=NOW)


NOT_JSON = {
    "no JSON": b"hello",
    "not UTF-8": b"\xff\xfe{",
    "a list": b"[]",
    "bottomless": b"[" * 200_000,
    "a number of too many digits": b'{"x": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_a_signed_body_that_is_no_object_is_invalid(body: bytes) -> None:
    with pytest.raises(PayloadInvalid):
        _check(sign(body, SECRET, NOW), body=body)
