"""A stored body never lets its reader act as a customer."""

from __future__ import annotations

import json

import pytest

from lib.billing.stripe.redact import storable
from tests.stripe.shapes import Raw, event, payment_intent, subscription

BACK = "https://app.example/return"
URL = "https://billing.example/p/session/secret_1"
SESSION = {"id": "bps_1", "object": "billing_portal.session", "url": URL}

CHECKOUT = SESSION | {"object": "checkout.session"}

SECRETS: dict[str, Raw] = {
    "a portal session": event("billing_portal.session.created", SESSION),
    "a portal session within something": event("a.new.type", {"object": "x", "made": [SESSION]}),
    "a checkout session": event(
        "checkout.session.expired", SESSION | {"object": "checkout.session"}
    ),
    "a token of the return page": event(
        "billing_portal.session.created",
        {"object": "billing_portal.session", "return_url": f"{BACK}?t=v1.secret_1"},
    ),
    "such a token where a flow ends": event(
        "billing_portal.session.created",
        {
            "object": "billing_portal.session",
            "flow": {"after_completion": {"redirect": {"return_url": f"{BACK}?a=b&t=v1.secret_1"}}},
        },
    ),
    "such a token in Checkout": event(
        "checkout.session.expired",
        {"object": "checkout.session", "success_url": f"{BACK}?t=v1.secret_1"},
    ),
    "a payment's client secret": event("payment_intent.created", payment_intent(client_secret=URL)),
}


@pytest.mark.parametrize("body", SECRETS.values(), ids=SECRETS.keys())
def test_the_address_is_taken_out_and_the_rest_is_kept(body: Raw) -> None:
    kept = storable(body, json.dumps(body).encode())
    assert b"secret_1" not in kept
    assert json.loads(kept)["id"] == "evt_1"


def test_an_address_whose_marker_is_spelt_with_escapes_is_found_as_well() -> None:
    body = event("a.b", SESSION)
    spelt = json.dumps(body).replace("billing_portal", "\\u0062illing_portal").encode()
    assert b"secret_1" not in storable(json.loads(spelt), spelt)


def test_any_other_event_is_kept_byte_for_byte() -> None:
    body = event("customer.subscription.updated", subscription())
    sent = json.dumps(body, indent=3).encode()
    assert storable(body, sent) is sent


def test_a_return_address_without_a_token_is_kept() -> None:
    body = event("a.b", SESSION | {"return_url": BACK})
    assert BACK.encode() in storable(body, json.dumps(body).encode())
