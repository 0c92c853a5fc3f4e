"""An invoice's payment intent, confirmed as a checkout form does it, settles the invoice."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import Shop


def waiting(shop: Shop) -> tuple[Any, str]:
    """An incomplete subscription and the payment intent that it waits for."""
    made = shop.subscription(shop.customer(), payment_behavior="default_incomplete")
    invoice = shop.stripe.v1.invoices.retrieve(made.latest_invoice, {"expand": ["payments"]})
    return made, invoice.payments.data[0].payment.payment_intent


def test_confirming_the_first_payment_makes_the_subscription_active(frozen_shop: Shop) -> None:
    made, intent = waiting(frozen_shop)
    confirmed = frozen_shop.stripe.v1.payment_intents.confirm(
        intent, {"payment_method": "pm_card_mastercard"}
    )
    assert confirmed.status == "succeeded"
    assert frozen_shop.stripe.v1.subscriptions.retrieve(made.id).status == "active"
    assert frozen_shop.stripe.v1.invoices.retrieve(made.latest_invoice).status == "paid"
    kept = frozen_shop.stripe.v1.payment_methods.list({"customer": made.customer}).data
    assert {method.card.brand for method in kept} == {"visa", "mastercard"}


def test_a_declined_first_payment_can_be_tried_again_and_keeps_no_card(frozen_shop: Shop) -> None:
    made, intent = waiting(frozen_shop)
    with pytest.raises(stripe.CardError) as refusal:
        frozen_shop.stripe.v1.payment_intents.confirm(
            intent, {"payment_method": "pm_card_visa_chargeDeclined"}
        )
    assert refusal.value.error is not None
    assert refusal.value.error.payment_intent.status == "requires_payment_method"
    assert frozen_shop.stripe.v1.subscriptions.retrieve(made.id).status == "incomplete"
    assert len(frozen_shop.stripe.v1.payment_methods.list({"customer": made.customer}).data) == 1
    frozen_shop.stripe.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert frozen_shop.stripe.v1.subscriptions.retrieve(made.id).status == "active"


def test_a_retry_by_hand_that_changes_nothing_tells_of_no_change(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer("pm_card_chargeCustomerFail")
    made = frozen_shop.subscription(customer)
    before = frozen_shop.events[0].id
    with pytest.raises(stripe.CardError):
        frozen_shop.stripe.v1.invoices.pay(made.latest_invoice)
    told = [event.type for event in frozen_shop.events_after(before)]
    assert "invoice.payment_failed" in told
    assert "invoice.updated" not in told


def test_a_card_whose_holder_disputes_every_charge_opens_a_dispute(frozen_shop: Shop) -> None:
    frozen_shop.subscription(frozen_shop.customer("pm_card_createDispute"))
    assert [d.reason for d in frozen_shop.stripe.v1.disputes.list().data] == ["fraudulent"]
    assert "charge.dispute.created" in frozen_shop.event_types()


@pytest.mark.parametrize(
    ("year", "month", "code"),
    [
        pytest.param(2001, 5, "invalid_expiry_year", id="a year that is over"),
        pytest.param(2026, 1, "invalid_expiry_month", id="a month of this year that is over"),
    ],
)
def test_a_card_that_has_expired_is_refused_when_entered(
    frozen_shop: Shop, year: int, month: int, code: str
) -> None:
    number = {"number": "4242424242424242", "exp_month": month, "exp_year": year}
    with pytest.raises(stripe.CardError) as refusal:
        frozen_shop.stripe.v1.payment_methods.create({"type": "card", "card": number})
    assert refusal.value.code == code


def test_a_detached_card_cannot_be_used_again(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer()
    card = frozen_shop.stripe.v1.payment_methods.list({"customer": customer}).data[0].id
    frozen_shop.stripe.v1.payment_methods.detach(card)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        frozen_shop.stripe.v1.payment_methods.attach(card, {"customer": customer})


def test_cancelling_before_the_first_payment_expires_and_voids(frozen_shop: Shop) -> None:
    made, _ = waiting(frozen_shop)
    before = frozen_shop.events[0].id
    ended = frozen_shop.stripe.v1.subscriptions.cancel(made.id)
    assert ended.status == "incomplete_expired"
    assert ended.canceled_at == ended.ended_at == frozen_shop.running.sandbox.now()
    assert frozen_shop.stripe.v1.invoices.retrieve(made.latest_invoice).status == "void"
    told = [event.type for event in frozen_shop.events_after(before)]
    assert "customer.subscription.updated" in told
    assert "customer.subscription.deleted" not in told
