"""Payment intents and charges: one attempt to take money from one card."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import disputes
from lib.sandbox.billing.cards import Card, payment_error
from lib.sandbox.billing.payments import card_for
from lib.sandbox.core import Sandbox
from lib.sandbox.events import rendered

Object = dict[str, Any]


def create_intent(
    sandbox: Sandbox,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    description: str | None = None,
    metadata: Object | None = None,
    invoice: str | None = None,
    payment_method: str | None = None,
) -> Object:
    """A payment intent that awaits its first attempt; emits payment_intent.created."""
    id = sandbox.new_id("pi")
    intent: Object = {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{id}_secret_{sandbox.ids.token(18)}",
        "confirmation_method": "automatic",
        "created": sandbox.now(),
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "description": description,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": metadata or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": payment_method,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_confirmation" if payment_method else "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        "_": {"invoice": invoice},
    }
    sandbox.put(intent)
    sandbox.emit("payment_intent.created", intent)
    return intent


def confirm(sandbox: Sandbox, intent: Object, method: Object) -> bool:
    """Try to take the money from ``method``; True when it succeeded.

    Emits charge.succeeded and payment_intent.succeeded, or charge.failed and
    payment_intent.payment_failed; the intent keeps why in ``last_payment_error``.
    """
    card = card_for(method)
    charge = _charge(sandbox, intent, method, card)
    intent["latest_charge"] = charge["id"]
    if card.decline is None:
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            last_payment_error=None,
            payment_method=method["id"],
        )
        sandbox.put(intent)
        sandbox.emit("charge.succeeded", charge)
        sandbox.emit("payment_intent.succeeded", intent)
        if card.dispute is not None:
            disputes.open_dispute(sandbox, charge["id"], card.dispute)
        return True
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=payment_error(card, dict(rendered(method)), charge["id"]),
    )
    sandbox.put(intent)
    sandbox.emit("charge.failed", charge)
    sandbox.emit("payment_intent.payment_failed", intent)
    return False


def cancel_intent(sandbox: Sandbox, intent: Object, reason: str | None) -> None:
    """Emits payment_intent.canceled; a finished intent stays as it is."""
    if intent["status"] in ("succeeded", "canceled"):
        return
    intent.update(status="canceled", canceled_at=sandbox.now(), cancellation_reason=reason)
    sandbox.put(intent)
    sandbox.emit("payment_intent.canceled", intent)


def _charge(sandbox: Sandbox, intent: Object, method: Object, card: Card) -> Object:
    ok = card.decline is None
    id = sandbox.new_id("ch")
    charge: Object = {
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if ok else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "PORTSIDE",
        "captured": ok,
        "created": sandbox.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None if card.decline is None else card.decline.code,
        "failure_message": None if card.decline is None else card.decline.message,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": None,
        "outcome": _outcome(card),
        "paid": ok,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": _card_details(method), "type": "card"},
        "radar_options": {},
        "receipt_email": None,
        "receipt_number": None,
        "receipt_url": f"{sandbox.settings.public_url}/receipts/{id}" if ok else None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "succeeded" if ok else "failed",
        "transfer_data": None,
        "transfer_group": None,
        "_": {"link": intent["id"]},
    }
    sandbox.put(charge)
    return charge


def _outcome(card: Card) -> Object:
    decline = card.decline
    return {
        "advice_code": None if decline is None else decline.advice_code,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if decline is None else "declined_by_network",
        "reason": None if decline is None else decline.decline_code,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete."
        if decline is None
        else "The bank declined the payment.",
        "type": "authorized" if decline is None else "issuer_declined",
    }


def _card_details(method: Object) -> Object:
    card = method["card"]
    return {
        "amount_authorized": None,
        "authorization_code": None,
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "regulated_status": card["regulated_status"],
        "three_d_secure": None,
        "wallet": None,
    }
