"""/v1/payment_intents, /v1/charges and /v1/setup_intents: read, and confirmed by hand."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api import fields
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.api.search import matching, search_page
from lib.sandbox.billing import charging, money, paying, payments, setup_intents
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.events import rendered
from lib.sandbox.expand import includable
from lib.sandbox.paging import list_object, listing, page
from lib.sandbox.params import merge_metadata

CREATE: p.Schema = {
    "amount": p.integer(required=True, minimum=1),
    "allowed_payment_method_types": p.array(p.text()),
    "confirm": p.boolean(),
    "currency": p.text(required=True, clear=False),
    "customer": p.reference(),
    "description": p.text(),
    "metadata": p.metadata(),
    "off_session": p.boolean(),
    "payment_method": p.reference(),
    "automatic_payment_methods": p.obj(
        {
            "allow_redirects": p.enum("always", "never"),
            "enabled": p.boolean(required=True),
        }
    ),
}


@endpoint("POST", "/v1/payment_intents", CREATE)
def create(call: Call) -> Object:
    given = call.params
    if given.get("customer"):
        call.sandbox.get("customer", given["customer"], param="customer")
    intent = charging.create_intent(
        call.sandbox,
        amount=given["amount"],
        currency=money.currency(given["currency"]),
        customer=given.get("customer"),
        description=given.get("description"),
        metadata=merge_metadata({}, given.get("metadata", {})),
        payment_method=None,
    )
    if given.get("payment_method"):
        method = payments.resolve(call.sandbox, given["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
        call.sandbox.put(intent)
    return _confirm(call, intent, {}) if given.get("confirm") else intent


@endpoint("GET", "/v1/payment_intents/{payment_intent}")
def retrieve(call: Call, payment_intent: str) -> Object:
    return call.sandbox.get("payment_intent", payment_intent)


@endpoint(
    "POST",
    "/v1/payment_intents/{payment_intent}/confirm",
    {"off_session": p.boolean(), "payment_method": p.reference()},
)
def confirm(call: Call, payment_intent: str) -> Object:
    return _confirm(call, call.sandbox.get("payment_intent", payment_intent), call.params)


@endpoint(
    "POST",
    "/v1/payment_intents/{payment_intent}/cancel",
    {
        "cancellation_reason": p.enum(
            "abandoned", "duplicate", "fraudulent", "requested_by_customer"
        )
    },
)
def cancel(call: Call, payment_intent: str) -> Object:
    intent = call.sandbox.get("payment_intent", payment_intent)
    if intent["status"] in ("succeeded", "canceled"):
        raise SandboxError(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    charging.cancel_intent(call.sandbox, intent, call.params.get("cancellation_reason"))
    return intent


@endpoint("GET", "/v1/payment_intents", listing(created=p.created_range(), customer=p.reference()))
def list_(call: Call) -> Object:
    customer = call.params.get("customer")
    return page(
        call.sandbox, "payment_intent", "/v1/payment_intents", call.params, customer=customer
    )


@endpoint("GET", "/v1/payment_intents/search", fields.SEARCH)
def search(call: Call) -> Object:
    found = matching(call.sandbox, "payment_intent", call.params["query"])
    return search_page(found, "/v1/payment_intents/search", call.params)


@endpoint("GET", "/v1/charges/{charge}")
def retrieve_charge(call: Call, charge: str) -> Object:
    return call.sandbox.get("charge", charge)


@endpoint(
    "GET",
    "/v1/charges",
    listing(created=p.created_range(), customer=p.reference(), payment_intent=p.reference()),
)
def list_charges(call: Call) -> Object:
    wanted = call.params
    return page(
        call.sandbox,
        "charge",
        "/v1/charges",
        wanted,
        customer=wanted.get("customer"),
        link=wanted.get("payment_intent"),
    )


@endpoint("GET", "/v1/charges/search", fields.SEARCH)
def search_charges(call: Call) -> Object:
    found = matching(call.sandbox, "charge", call.params["query"])
    return search_page(found, "/v1/charges/search", call.params)


@endpoint(
    "POST",
    "/v1/setup_intents",
    {
        "allowed_payment_method_types": p.array(p.text()),
        "confirm": p.boolean(),
        "customer": p.reference(),
        "description": p.text(),
        "metadata": p.metadata(),
        "payment_method": p.reference(),
        "usage": p.enum("off_session", "on_session"),
    },
)
def create_setup(call: Call) -> Object:
    return _told(call, setup_intents.create(call.sandbox, call.params))


@endpoint("GET", "/v1/setup_intents/{setup_intent}")
def retrieve_setup(call: Call, setup_intent: str) -> Object:
    return call.sandbox.get("setup_intent", setup_intent)


@endpoint("POST", "/v1/setup_intents/{setup_intent}/confirm", {"payment_method": p.reference()})
def confirm_setup(call: Call, setup_intent: str) -> Object:
    return _told(call, setup_intents.confirm(call.sandbox, setup_intent, call.params))


@endpoint(
    "POST",
    "/v1/setup_intents/{setup_intent}/cancel",
    {"cancellation_reason": p.enum("abandoned", "duplicate", "requested_by_customer")},
)
def cancel_setup(call: Call, setup_intent: str) -> Object:
    return setup_intents.cancel(call.sandbox, setup_intent, call.params)


@endpoint("GET", "/v1/setup_intents", listing(created=p.created_range(), customer=p.reference()))
def list_setups(call: Call) -> Object:
    customer = call.params.get("customer")
    return page(call.sandbox, "setup_intent", "/v1/setup_intents", call.params, customer=customer)


def _confirm(call: Call, intent: Object, params: Object) -> Object:
    if intent["status"] in ("succeeded", "canceled"):
        raise SandboxError(
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    method_id = params.get("payment_method") or intent["payment_method"]
    if method_id is None:
        raise SandboxError.missing_parameter("payment_method")
    method = payments.resolve(call.sandbox, method_id)
    if intent["_"].get("invoice"):
        paying.pay(call.sandbox, intent["_"]["invoice"], {"payment_method": method["id"]})
    else:
        charging.confirm(call.sandbox, intent, method)
    if intent["status"] != "succeeded":
        call.refusal = SandboxError.card_declined(
            intent["last_payment_error"], payment_intent=rendered(intent)
        )
    return intent


def _told(call: Call, intent: Object) -> Object:
    """A refused card is kept on the intent and answered with 402."""
    if intent["last_setup_error"] is not None and intent["status"] != "succeeded":
        call.refusal = SandboxError.card_declined(intent["last_setup_error"])
    return intent


@includable("charge", "refunds")
def _refunds(sandbox: Sandbox, charge: Object) -> Object:
    found = sandbox.find("refund", link=charge["id"])
    return list_object(found[:10], f"/v1/charges/{charge['id']}/refunds")
