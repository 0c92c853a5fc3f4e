"""Cards, declines, invoices, credit notes, refunds, and what a quantity costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import stripe

from lib.sandbox.billing import disputes, payments, prices, products
from lib.sandbox.core import Sandbox
from tests.sandbox.shop import NOW, Shop


def plant(shop: Shop, number: str) -> str:
    """A customer whose default card is this one, whether Stripe would save it or not."""
    customer = shop.customer(card=None)
    sandbox = shop.running.sandbox
    with sandbox.transaction():
        method = payments.create_method(sandbox, number)
        payments.attach(sandbox, method["id"], customer)
    shop.stripe.v1.customers.update(
        customer, {"invoice_settings": {"default_payment_method": method["id"]}}
    )
    return customer


@pytest.mark.parametrize(
    ("number", "code", "decline_code", "advice"),
    [
        ("4000000000000341", "card_declined", "generic_decline", "try_again_later"),
        ("4000000000009995", "card_declined", "insufficient_funds", "try_again_later"),
        ("4000000000000002", "card_declined", "generic_decline", "try_again_later"),
        ("4000000000009987", "card_declined", "lost_card", "do_not_try_again"),
        ("4000000000009979", "card_declined", "stolen_card", "do_not_try_again"),
        ("4000000000000069", "expired_card", "expired_card", "confirm_card_data"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc", "confirm_card_data"),
        ("4000000000000119", "processing_error", "processing_error", "try_again_later"),
        (
            "4000002760003184",
            "authentication_required",
            "authentication_required",
            "try_again_later",
        ),
    ],
)
def test_each_failing_card_says_why_on_its_payment_intent(
    frozen_shop: Shop, number: str, code: str, decline_code: str, advice: str
) -> None:
    subscription = frozen_shop.subscription(plant(frozen_shop, number))
    assert subscription.status == "incomplete"
    invoice = frozen_shop.stripe.v1.invoices.retrieve(
        subscription.latest_invoice, {"expand": ["payments.data.payment.payment_intent"]}
    )
    intent = invoice.payments.data[0].payment.payment_intent
    error = intent.last_payment_error
    assert intent.status == "requires_payment_method"
    assert (error.code, error.decline_code, error.advice_code) == (code, decline_code, advice)
    assert error.payment_method.card.last4 == number[-4:]
    assert {"charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"} <= set(
        frozen_shop.event_types()
    )


@pytest.mark.parametrize(
    "token",
    ["pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds"],
)
def test_a_card_that_stripe_will_not_save_is_refused_when_attached(
    frozen_shop: Shop, token: str
) -> None:
    with pytest.raises(stripe.CardError) as declined:
        frozen_shop.customer(token)
    assert declined.value.http_status == 402
    assert declined.value.code == "card_declined"


def test_a_subscription_needs_a_card_or_a_reason_to_wait(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer(card=None)
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source") as refusal:
        frozen_shop.subscription(customer)
    assert refusal.value.code == "resource_missing"
    waiting = frozen_shop.subscription(customer, payment_behavior="default_incomplete")
    assert waiting.status == "incomplete"
    paid = frozen_shop.stripe.v1.invoices.pay(
        waiting.latest_invoice, {"payment_method": "pm_card_visa"}
    )
    assert paid.status == "paid"
    assert frozen_shop.stripe.v1.subscriptions.retrieve(waiting.id).status == "active"


def test_an_error_if_incomplete_leaves_no_subscription(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError):
        frozen_shop.subscription(customer, payment_behavior="error_if_incomplete")
    listed = frozen_shop.stripe.v1.subscriptions.list({"customer": customer, "status": "all"})
    assert listed.data == []


def test_an_invoice_knows_its_states(frozen_shop: Shop) -> None:
    invoices = frozen_shop.stripe.v1.invoices
    customer = frozen_shop.customer()
    paid, voided, lost = (frozen_shop.open_invoice(customer) for _ in range(3))
    assert invoices.pay(paid.id, {"paid_out_of_band": True}).status == "paid"
    assert invoices.void_invoice(voided.id).status == "void"
    written_off = invoices.mark_uncollectible(lost.id)
    assert written_off.status_details.uncollectible.reason == "user_forgiven"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        invoices.pay(paid.id)
    with pytest.raises(stripe.InvalidRequestError, match="already finalized"):
        invoices.finalize_invoice(voided.id)
    numbers = [invoice.number[-4:] for invoice in (paid, voided, lost)]
    assert numbers == ["0001", "0002", "0003"]


def test_a_credit_note_lowers_what_an_open_invoice_asks_for(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    invoice = frozen_shop.open_invoice(frozen_shop.customer(), 2500)
    client.credit_notes.create({"invoice": invoice.id, "amount": 1000})
    left = client.invoices.retrieve(invoice.id)
    assert (left.amount_due, left.amount_remaining, left.total) == (1500, 1500, 2500)
    assert left.pre_payment_credit_notes_amount == 1000
    client.credit_notes.create({"invoice": invoice.id, "amount": 1500})
    assert client.invoices.retrieve(invoice.id).status == "paid"


def test_a_credit_note_on_a_paid_invoice_becomes_balance_or_refund(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    customer = frozen_shop.customer()
    invoice = client.invoices.pay(frozen_shop.open_invoice(customer, 2500).id)
    client.credit_notes.create({"invoice": invoice.id, "amount": 600})
    assert client.customers.retrieve(customer).balance == -600
    note = client.credit_notes.create({"invoice": invoice.id, "amount": 900, "refund_amount": 900})
    assert client.refunds.retrieve(note.refunds[0].refund).amount == 900
    with pytest.raises(stripe.InvalidRequestError, match="can't exceed"):
        client.credit_notes.create({"invoice": invoice.id, "amount": 2000})


def test_a_charge_is_refunded_at_most_once_over(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    frozen_shop.subscription(frozen_shop.customer())
    charge = client.charges.list().data[0]
    client.refunds.create({"charge": charge.id, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.refunds.create({"charge": charge.id, "amount": 700})
    client.refunds.create({"charge": charge.id})
    assert client.charges.retrieve(charge.id).refunded is True


def test_a_dispute_marks_its_charge(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    frozen_shop.subscription(frozen_shop.customer())
    charge = client.charges.list().data[0]
    sandbox = frozen_shop.running.sandbox
    with sandbox.transaction():
        disputes.open_dispute(sandbox, charge.id)
    assert client.charges.retrieve(charge.id).disputed is True
    assert client.disputes.list({"charge": charge.id}).data[0].status == "needs_response"


TIERS: list[dict[str, Any]] = [
    {"up_to": 10, "unit_amount": 100},
    {"up_to": 20, "unit_amount": 50, "flat_amount": 200},
    {"up_to": "inf", "unit_amount_decimal": Decimal("2.5")},
]


@pytest.mark.parametrize(
    ("params", "quantity", "cost"),
    [
        pytest.param({"unit_amount": 700}, 3, "2100", id="per unit"),
        pytest.param({"unit_amount_decimal": Decimal("0.5")}, 3, "1.5", id="half a cent each"),
        pytest.param(
            {"unit_amount": 500, "transform_quantity": {"divide_by": 10, "round": "up"}},
            11,
            "1000",
            id="packages rounded up",
        ),
        pytest.param(
            {"unit_amount": 500, "transform_quantity": {"divide_by": 10, "round": "down"}},
            19,
            "500",
            id="packages rounded down",
        ),
        pytest.param({"tiers": TIERS, "tiers_mode": "graduated"}, 10, "1000", id="first tier"),
        pytest.param({"tiers": TIERS, "tiers_mode": "graduated"}, 12, "1300", id="graduated"),
        pytest.param({"tiers": TIERS, "tiers_mode": "graduated"}, 24, "1710", id="into the last"),
        pytest.param({"tiers": TIERS, "tiers_mode": "volume"}, 12, "800", id="volume"),
    ],
)
def test_a_quantity_costs_what_its_price_says(
    params: dict[str, Any], quantity: int, cost: str
) -> None:
    sandbox = Sandbox(now=NOW)
    scheme = "tiered" if "tiers" in params else "per_unit"
    with sandbox.transaction():
        product = products.create(sandbox, {"name": "Seats"})
        price = prices.create(
            sandbox,
            {
                "product": product["id"],
                "currency": "usd",
                "recurring": {"interval": "month"},
                "billing_scheme": scheme,
                **params,
            },
        )
    assert prices.cost(sandbox, price, quantity) == Decimal(cost)
    sandbox.close()
