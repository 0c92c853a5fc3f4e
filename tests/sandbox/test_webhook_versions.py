"""An endpoint pinned to an older API version gets older shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.sandbox.hooks import Receiver, receiving
from tests.sandbox.shop import NOW, Shop

MONTH = 30 * 86_400


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def pinned(shop: Shop, receiver: Receiver, version: str) -> None:
    shop.stripe.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["*"], "api_version": version}
    )


def received(shop: Shop, receiver: Receiver, type: str) -> dict[str, Any]:
    """The first event of this type that arrived."""
    assert shop.running.sandbox.deliverer.settle(20)
    events = [json.loads(body) for _, body in receiver.attempts]
    found: dict[str, Any] = next(event for event in events if event["type"] == type)
    return found


def test_before_basil_periods_and_the_invoices_subscription_are_on_top(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    pinned(frozen_shop, receiver, "2020-08-27")
    made = frozen_shop.subscription(frozen_shop.customer())
    event = received(frozen_shop, receiver, "customer.subscription.created")
    old = event["data"]["object"]
    assert event["api_version"] == "2020-08-27"
    assert (old["current_period_start"], old["current_period_end"]) == (NOW, NOW + MONTH)
    assert "current_period_end" not in old["items"]["data"][0]
    assert "billing_mode" not in old
    assert old["plan"]["amount"] == 1000
    paid = received(frozen_shop, receiver, "invoice.paid")["data"]["object"]
    assert (paid["subscription"], paid["paid"]) == (made.id, True)
    assert paid["payment_intent"].startswith("pi_")
    assert paid["lines"]["data"][0]["price"]["id"] == frozen_shop.prices["basic"]
    assert "parent" not in paid


def test_an_old_renewal_tells_the_old_period_end_on_top(
    frozen_shop: Shop, receiver: Receiver
) -> None:
    frozen_shop.subscription(frozen_shop.customer())
    pinned(frozen_shop, receiver, "2025-02-24.acacia")
    frozen_shop.running.move_to(NOW + MONTH)
    event = received(frozen_shop, receiver, "customer.subscription.updated")
    assert event["data"]["previous_attributes"]["current_period_end"] == NOW + MONTH


@pytest.mark.parametrize(
    ("version", "has_mode"),
    [("2025-05-28.basil", False), ("2025-06-30.basil", True), ("2026-05-27.dahlia", True)],
)
def test_between_the_releases_only_what_came_later_is_missing(
    frozen_shop: Shop, receiver: Receiver, version: str, has_mode: bool
) -> None:
    pinned(frozen_shop, receiver, version)
    frozen_shop.subscription(frozen_shop.customer())
    event = received(frozen_shop, receiver, "customer.subscription.created")
    shown = event["data"]["object"]
    assert event["api_version"] == version
    assert ("billing_mode" in shown) is has_mode
    assert "status_details" not in shown
    assert shown["items"]["data"][0]["current_period_end"] == NOW + MONTH


def test_an_unknown_version_is_refused(frozen_shop: Shop, receiver: Receiver) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        pinned(frozen_shop, receiver, "2031-01-01.fig")
    assert refusal.value.param == "api_version"
