"""Signed deliveries over real HTTP, retried and disturbed, checked with Stripe's own SDK."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from lib.sandbox.billing import webhook_endpoints
from lib.sandbox.testing import running_sandbox
from tests.sandbox.hooks import Receiver, receiving
from tests.sandbox.shop import NOW, Shop, open_shop


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def listen(shop: Shop, receiver: Receiver, *types: str, **params: Any) -> Any:
    given = {"url": receiver.url, "enabled_events": list(types) or ["*"], **params}
    return shop.stripe.v1.webhook_endpoints.create(given)


def verified(attempt: tuple[str, bytes], secret: str) -> Any:
    header, body = attempt
    return stripe.Webhook.construct_event(body, header, secret)


def settled(shop: Shop) -> dict[str, int]:
    assert shop.running.sandbox.deliverer.settle(20)
    return shop.running.sandbox.deliverer.counts.shown()


def test_what_happens_arrives_in_order_signed_with_the_endpoints_secret(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    secret = listen(frozen_shop, receiver).secret
    frozen_shop.subscription(frozen_shop.customer())
    counts = settled(frozen_shop)
    events = [verified(attempt, secret) for attempt in receiver.attempts]
    told = [event.id for event in frozen_shop.events[: len(events)]][::-1]
    assert [event.id for event in events] == told
    assert counts["delivered"] == len(events) > 5
    assert {event.api_version for event in events} == {"2026-10-28.endive"}


def test_an_endpoint_gets_only_the_types_it_asked_for(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    listen(frozen_shop, receiver, "customer.subscription.created", "invoice.paid")
    frozen_shop.subscription(frozen_shop.customer())
    settled(frozen_shop)
    types = [json.loads(body)["type"] for _, body in receiver.attempts]
    assert sorted(types) == ["customer.subscription.created", "invoice.paid"]


def test_the_secret_shows_once(frozen_shop: Shop, receiver: Receiver) -> None:
    made = listen(frozen_shop, receiver)
    assert made.secret.startswith("whsec_")
    assert "secret" not in frozen_shop.stripe.v1.webhook_endpoints.retrieve(made.id)


def test_an_event_carries_the_request_that_caused_it(frozen_shop: Shop, receiver: Receiver) -> None:
    listen(frozen_shop, receiver, "customer.created")
    made = frozen_shop.stripe.v1.customers.create({"name": "Ada"}, {"idempotency_key": "k9"})
    settled(frozen_shop)
    event = json.loads(receiver.attempts[0][1])
    assert event["request"] == {
        "id": made.last_response.request_id,
        "idempotency_key": "k9",
    }
    assert event["pending_webhooks"] == 1


def test_a_failed_delivery_comes_again_with_the_same_body(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    receiver.answer = lambda number: 500 if number == 1 else 200
    listen(frozen_shop, receiver, "customer.created")
    frozen_shop.customer(None)
    counts = settled(frozen_shop)
    bodies = [body for _, body in receiver.attempts]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert (counts["delivered"], counts["failed"]) == (1, 0)


def test_a_redirect_is_a_failure(frozen_shop: Shop, receiver: Receiver) -> None:
    receiver.answer = lambda number: 302 if number == 1 else 200
    listen(frozen_shop, receiver, "customer.created")
    frozen_shop.customer(None)
    settled(frozen_shop)
    assert len(receiver.attempts) == 2


def test_pending_webhooks_falls_to_zero_when_delivered(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    listen(frozen_shop, receiver, "customer.created")
    disturb(frozen_shop, paused=True)
    frozen_shop.customer(None)
    events = frozen_shop.stripe.v1.events
    id = events.list({"type": "customer.created"}).data[0].id
    assert events.retrieve(id).pending_webhooks == 1
    assert [e.id for e in events.list({"delivery_success": False}).data] == [id]
    disturb(frozen_shop, paused=False)
    settled(frozen_shop)
    assert events.retrieve(id).pending_webhooks == 0


def disturb(shop: Shop, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(shop.running.sandbox.deliverer.disturbances, name, value)


def test_a_dropped_delivery_never_happens(frozen_shop: Shop, receiver: Receiver) -> None:
    listen(frozen_shop, receiver, "customer.created")
    disturb(frozen_shop, drop=1.0)
    frozen_shop.customer(None)
    counts = settled(frozen_shop)
    assert (counts["dropped"], receiver.attempts) == (1, [])


def test_a_duplicate_arrives_twice_with_one_id(frozen_shop: Shop, receiver: Receiver) -> None:
    listen(frozen_shop, receiver, "customer.created")
    disturb(frozen_shop, duplicate=1.0)
    frozen_shop.customer(None)
    counts = settled(frozen_shop)
    ids = [json.loads(body)["id"] for _, body in receiver.attempts]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert counts["duplicated"] == 1


def test_a_mis_signed_delivery_fails_the_check(frozen_shop: Shop, receiver: Receiver) -> None:
    secret = listen(frozen_shop, receiver, "customer.created").secret
    disturb(frozen_shop, mis_sign=1.0)
    frozen_shop.customer(None)
    settled(frozen_shop)
    with pytest.raises(stripe.SignatureVerificationError):
        verified(receiver.attempts[0], secret)


def test_a_rolled_secret_and_the_new_one_both_verify(frozen_shop: Shop, receiver: Receiver) -> None:
    made = listen(frozen_shop, receiver, "customer.created")
    sandbox = frozen_shop.running.sandbox
    with sandbox.transaction():
        rolled = webhook_endpoints.roll_secret(sandbox, made.id)
    frozen_shop.customer(None)
    settled(frozen_shop)
    assert receiver.attempts[0][0].count("v1=") == 2
    for secret in (made.secret, rolled):
        assert verified(receiver.attempts[0], secret).type == "customer.created"


def test_stored_events_can_be_delivered_again_in_reverse(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    customers = [frozen_shop.customer(None) for _ in range(3)]
    listen(frozen_shop, receiver, "customer.created")
    frozen_shop.running.sandbox.deliverer.redeliver(0, order="reversed")
    settled(frozen_shop)
    arrived = [json.loads(body)["data"]["object"]["id"] for _, body in receiver.attempts]
    assert arrived == customers[::-1]


def test_a_disabled_endpoint_gets_nothing_and_a_deleted_one_is_gone(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    endpoints = frozen_shop.stripe.v1.webhook_endpoints
    made = listen(frozen_shop, receiver)
    assert endpoints.update(made.id, {"disabled": True}).status == "disabled"
    frozen_shop.customer(None)
    assert settled(frozen_shop)["delivered"] == 0
    assert endpoints.delete(made.id).deleted is True
    assert endpoints.list().data == []


def test_a_restart_delivers_what_was_still_owed(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = lambda number: 500
    with running_sandbox(tmp_path, now=NOW, frozen=True) as running:
        shop = open_shop(running)
        secret = listen(shop, receiver, "customer.created").secret
        customer = shop.customer(card=None)
        receiver.wait_for(1)
    receiver.attempts.clear()
    receiver.answer = lambda number: 200
    with running_sandbox(tmp_path, now=NOW, frozen=True) as again:
        receiver.wait_for(1)
        assert again.sandbox.deliverer.settle(20)
        event = verified(receiver.attempts[0], secret)
        assert event.data.object.id == customer
        assert again.sandbox.deliverer.pending[event.id] == 0
    receiver.attempts.clear()
    with running_sandbox(tmp_path, now=NOW, frozen=True) as third:
        assert third.sandbox.deliverer.counts.queued == 0


def test_the_control_call_rolls_the_secret_and_both_sign_for_a_while(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    endpoint = listen(frozen_shop, receiver, "customer.created")
    new = frozen_shop.running.control(
        "POST", f"/_sandbox/webhook_endpoints/{endpoint.id}/roll_secret", {"expires_in": 600}
    )["secret"]
    frozen_shop.customer(card=None)
    receiver.wait_for(1)
    for secret in (endpoint.secret, new):
        assert verified(receiver.attempts[0], secret).type == "customer.created"
