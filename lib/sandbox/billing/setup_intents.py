"""Setup intents: collecting a card without charging it."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import payments
from lib.sandbox.billing.cards import payment_error
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.events import rendered
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """A setup intent; ``confirm`` tries ``payment_method`` at once."""
    if params.get("customer"):
        sandbox.get("customer", params["customer"], param="customer")
    id = sandbox.new_id("seti")
    intent: Object = {
        "id": id,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": f"{id}_secret_{sandbox.ids.token(18)}",
        "created": sandbox.now(),
        "customer": params.get("customer"),
        "customer_account": None,
        "description": params.get("description"),
        "excluded_payment_method_types": None,
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {
            "card": {
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": params.get("usage") or "off_session",
    }
    if params.get("payment_method"):
        method = payments.resolve(sandbox, params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    sandbox.put(intent)
    sandbox.emit("setup_intent.created", intent)
    if params.get("confirm"):
        confirm(sandbox, id, {})
    return intent


def confirm(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Attach the method to the customer, or keep why the card was refused.

    A refusal leaves ``last_setup_error``; the API answers it with 402.
    """
    intent = sandbox.get("setup_intent", id)
    if intent["status"] in ("succeeded", "canceled"):
        raise SandboxError(
            f"You cannot confirm this SetupIntent because it has a status of {intent['status']}.",
            code="setup_intent_unexpected_state",
        )
    method_id = params.get("payment_method") or intent["payment_method"]
    if method_id is None:
        raise SandboxError.missing_parameter("payment_method")
    method = payments.resolve(sandbox, method_id)
    card = payments.card_for(method)
    if not card.attaches:
        intent["payment_method"] = None
        intent["status"] = "requires_payment_method"
        intent["last_setup_error"] = payment_error(card, dict(rendered(method)), None)
        sandbox.put(intent)
        sandbox.emit("setup_intent.setup_failed", intent)
        return intent
    intent.update(payment_method=method["id"], status="succeeded", last_setup_error=None)
    sandbox.put(intent)
    if intent["customer"] and method["customer"] is None:
        payments.attach(sandbox, method["id"], intent["customer"])
    sandbox.emit("setup_intent.succeeded", intent)
    return intent


def cancel(sandbox: Sandbox, id: str, params: Object) -> Object:
    intent = sandbox.get("setup_intent", id)
    if intent["status"] in ("succeeded", "canceled"):
        raise SandboxError(
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.",
            code="setup_intent_unexpected_state",
        )
    intent.update(status="canceled", cancellation_reason=params.get("cancellation_reason"))
    sandbox.put(intent)
    sandbox.emit("setup_intent.canceled", intent)
    return intent
