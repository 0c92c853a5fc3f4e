"""What is not Kinde's, too old, too large or said before: over HTTP, and it leaves no trace."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jws

from tests.kinde.scene import PATH, kinde, ring
from tests.store.company import inbox_states

HOUR = 3_600


def encoded(told):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return urlsafe_b64encode(body).rstrip(b"=")


def unsigned(scene, event):
    claims = event | {"iat": int(time.time())}
    return b".".join([encoded({"alg": "none", "kid": kid(scene)}), encoded(claims), b"AA"])


def kid(scene):
    return scene.tenant.ring.signing.thumbprint()


def with_public_key_as_secret(scene, event):
    secret = scene.tenant.ring.signing.as_pem(private=False)
    signed = encoded({"alg": "HS256", "kid": kid(scene)}) + b"." + encoded(event)
    return signed + b"." + encoded(hmac.new(secret, signed, "sha256").digest())


def by_a_stranger(scene, event):
    """Another key under the name of the issuer's."""
    return ring("stranger").sign(event | {"iat": int(time.time())}, kid=kid(scene))


def brings_its_key(scene, event):
    stranger = ring("stranger")
    key = stranger.signing.as_dict(private=False)
    return stranger.sign(event | {"iat": int(time.time())}, jwk=key)


def names_its_keys(header):
    """The token says where its key is; nobody goes there."""

    def token(scene, event):
        stranger = ring("stranger")
        return stranger.sign(event | {"iat": int(time.time())}, kid=kid(scene), **header)

    return token


def says_its_algorithm_twice(scene, event):
    stranger = ring("stranger")
    head = f'{{"alg":"none","kid":"{kid(scene)}","alg":"RS256"}}'.encode()
    signed = stranger.sign(event | {"iat": int(time.time())}, kid=kid(scene)).encode().split(b".")
    return b".".join([urlsafe_b64encode(head).rstrip(b"="), *signed[1:]])


def asks_for_what_is_not_understood(scene, event):
    ring = scene.tenant.ring
    header = {"alg": "RS256", "kid": kid(scene), "crit": ["exp"], "exp": 1}
    signed = encoded(header) + b"." + encoded(event | {"iat": int(time.time())})
    made = ring.signing.private_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return signed + b"." + encoded(made)


def another_algorithm(scene, event):
    header = {"alg": "RS512", "kid": kid(scene)}
    key = scene.tenant.ring.signing
    return jws.serialize_compact(header, json.dumps(event), key, algorithms=["RS512"])


def changed(scene, event):
    head, _, signature = scene.tenant.token(event).split(".")
    return b".".join([head.encode(), encoded(event | {"type": "x"}), signature.encode()])


def made(**over):
    def token(scene, event):
        return scene.tenant.token(event, **{k: v() if callable(v) else v for k, v in over.items()})

    return token


def ago(seconds):
    return lambda: int(time.time()) - seconds


REFUSED = {
    "without a signature": unsigned,
    "alg HS256, signed with the public key": with_public_key_as_secret,
    "another algorithm of the same key": another_algorithm,
    "signed by a stranger under the issuer's kid": by_a_stranger,
    "signed by a key that the token itself brings": brings_its_key,
    "names where its key is": names_its_keys({"jku": "http://127.0.0.1:9/jwks"}),
    "names where its certificate is": names_its_keys({"x5u": "http://127.0.0.1:9/x5u"}),
    "says its algorithm twice": says_its_algorithm_twice,
    "asks for what is not understood": asks_for_what_is_not_understood,
    "changed after it was signed": changed,
    "of another issuer": made(iss="https://somebody.kinde.example"),
    "older than Kinde ever tries": made(iat=ago(39 * HOUR)),
    "old by when it was sent, without a time of signing": made(
        iat=None, timestamp="2020-01-01T00:00:00Z"
    ),
    "old by when it happened, without any other time": made(
        iat=None, timestamp=None, event_timestamp="2020-01-01T00:00:00Z"
    ),
    "from the future": made(iat=ago(-HOUR)),
    "not valid any more": made(exp=ago(HOUR)),
    "not valid yet": made(nbf=ago(-HOUR)),
    "without any time": made(iat=None, timestamp=None, event_timestamp=None),
    "garbage": lambda scene, event: b"garbage",
    "empty": lambda scene, event: b"",
    "two dots and nothing": lambda scene, event: b"..",
    "JSON instead of a token": lambda scene, event: json.dumps(event).encode(),
    "bytes that are no text": lambda scene, event: b"\xff\xfe.\xff.\xff",
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_a_400_and_leaves_no_trace(sqlite_store, token):
    with kinde(sqlite_store) as scene:
        event = scene.tenant.publish("customer.payment_failed", {"customer_id": "c"})
        answer = scene.post(token(scene, event))
        assert (answer.status_code, answer.json()["code"]) == (400, "signature_invalid")
        assert scene.tell(event).status_code == 200  # the very event, rightly signed
    assert len(inbox_states(sqlite_store)) == 1


NO_EVENT = {
    "without an id": {"type": "x", "data": {}},
    "without a type": {"event_id": "e", "data": {}},
    "an id that is an object": {"event_id": {}, "type": "x"},
}


@pytest.mark.parametrize("claims", NO_EVENT.values(), ids=NO_EVENT.keys())
def test_what_is_signed_and_is_no_event_is_a_400(sqlite_store, claims):
    with kinde(sqlite_store) as scene:
        answer = scene.post(scene.tenant.ring.sign(claims | {"iat": int(time.time())}))
    assert (answer.status_code, answer.json()["code"]) == (400, "payload_invalid")
    assert inbox_states(sqlite_store) == {}


def test_a_signed_list_is_a_400(sqlite_store):
    with kinde(sqlite_store) as scene:
        key = scene.tenant.ring.signing
        token = jws.serialize_compact({"alg": "RS256", "kid": kid(scene)}, b"[1]", key)
        assert scene.post(token).status_code == 400


def test_a_huge_body_is_a_413(sqlite_store):
    with kinde(sqlite_store) as scene:
        answer = scene.post(b"a" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_without_an_issuer_the_endpoint_is_off(sqlite_store, method):
    with kinde(sqlite_store, kinde_issuer=None) as scene:
        answer = scene.sender.client.request(method, PATH)
    assert (answer.status_code, answer.json()["code"]) == (404, "webhook_off")


def test_another_method_than_post_is_refused(sqlite_store):
    with kinde(sqlite_store) as scene:
        answer = scene.sender.client.get(PATH)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "over",
    [{"iat": lambda: int(time.time()) - 37 * HOUR}, {"iss": "ISSUER"}],
    ids=["the last attempt of a delivery", "naming the issuer, with a slash"],
)
def test_what_is_just_in_order_is_taken(sqlite_store, over):
    with kinde(sqlite_store) as scene:
        told = {
            key: f"{scene.tenant.issuer}/" if value == "ISSUER" else value()
            for key, value in over.items()
        }
        event = scene.tenant.publish("customer.payment_failed", {"customer_id": "c"})
        assert scene.tell(event, **told).status_code == 200


def test_a_repeated_event_is_stored_once(store):
    with kinde(store) as scene:
        event = scene.tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "pro"})
        states = [scene.tell(event).json()["state"] for _ in range(3)]
    assert states == ["applied", "repeated", "repeated"]
    assert inbox_states(store) == {f"kinde:{event['event_id']}": "applied"}


def test_another_body_under_a_known_webhook_id_is_a_repetition(store):
    with kinde(store) as scene:
        tenant = scene.tenant
        pro = tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "pro"})
        free = tenant.publish("customer.plan_changed", {"customer_id": "c", "plan": "starter"})
        told = [
            scene.post(tenant.token(event), delivery=name).json()["state"]
            for event, name in [(pro, "msg_1"), (free, "msg_1"), (pro, "msg_2"), (free, "msg_3")]
        ]
    assert told == ["applied", "repeated", "repeated", "applied"]


def test_what_only_the_signature_vouches_for_needs_no_webhook_id(sqlite_store):
    with kinde(sqlite_store) as scene:
        event = scene.tenant.publish("customer.plan_assigned", {"customer_id": "c", "plan": "pro"})
        assert scene.post(scene.tenant.token(event), delivery="").json()["state"] == "applied"
