"""Stripe Entitlements, saved cards and requests in the wrong encoding."""

from __future__ import annotations

import httpx
import pytest
import stripe

from tests.sandbox.shop import Shop


def test_a_subscription_grants_its_products_features_until_it_ends(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    feature = client.entitlements.features.create({"name": "Export", "lookup_key": "export"})
    client.products.features.create(
        frozen_shop.products["basic"], {"entitlement_feature": feature.id}
    )
    customer = frozen_shop.customer()
    made = frozen_shop.subscription(customer)
    held = client.entitlements.active_entitlements.list({"customer": customer}).data
    assert [entry.lookup_key for entry in held] == ["export"]
    summary = "entitlements.active_entitlement_summary.updated"
    granted = next(event for event in frozen_shop.events if event.type == summary)
    assert granted.data.object.entitlements.data[0].feature == feature.id
    client.subscriptions.cancel(made.id)
    withdrawn = next(event for event in frozen_shop.events if event.type == summary)
    assert withdrawn.data.object.entitlements.data == []
    assert client.entitlements.active_entitlements.list({"customer": customer}).data == []


def test_a_lookup_key_of_a_feature_is_taken_once_until_it_is_archived(frozen_shop: Shop) -> None:
    features = frozen_shop.stripe.v1.entitlements.features
    first = features.create({"name": "Export", "lookup_key": "export"})
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        features.create({"name": "Export too", "lookup_key": "export"})
    features.update(first.id, {"active": False})
    assert features.create({"name": "Export too", "lookup_key": "export"}).active is True


@pytest.mark.parametrize(("save", "kept"), [("on_subscription", True), ("off", False)])
def test_the_card_that_paid_stays_on_the_subscription_when_asked(
    frozen_shop: Shop, save: str, kept: bool
) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(
        frozen_shop.customer(card=None),
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": save},
    )
    client.invoices.pay(made.latest_invoice, {"payment_method": "pm_card_visa"})
    after = client.subscriptions.retrieve(made.id)
    assert (after.default_payment_method is not None) is kept


def test_a_json_body_is_refused_with_the_encoding_to_use(frozen_shop: Shop) -> None:
    answer = httpx.post(
        f"{frozen_shop.running.url}/v1/customers", json={"name": "Ada"}, auth=("sk_test_x", "")
    )
    assert answer.status_code == 400
    assert "application/x-www-form-urlencoded" in answer.json()["error"]["message"]


def test_a_fault_of_the_sandbox_is_an_api_error_without_its_reason(frozen_shop: Shop) -> None:
    sandbox = frozen_shop.running.sandbox
    with sandbox.transaction():
        sandbox.put({"id": "cus_broken", "object": "customer", "created": 0})
    answer = httpx.get(
        f"{frozen_shop.running.url}/v1/customers",
        params={"email": "a@example.com"},
        auth=("sk_test_x", ""),
    )
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "api_error"
    assert "KeyError" not in answer.text
