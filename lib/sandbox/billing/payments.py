"""Payment methods: made from test cards, attached to customers, detached again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lib.sandbox.billing.cards import Card, card_of, is_ready_made, payment_error
from lib.sandbox.billing.customers import full_address
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.events import rendered
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create_method(
    sandbox: Sandbox,
    card: str = "4242424242424242",
    *,
    exp_month: int | None = None,
    exp_year: int | None = None,
    billing_details: Object | None = None,
    metadata: Object | None = None,
    param: str = "card[number]",
) -> Object:
    """A card that belongs to nobody yet; ``card`` is a test number, ``pm_card_…`` or ``tok_…``."""
    chosen = card_of(card, param)
    year = datetime.fromtimestamp(sandbox.now(), UTC).year
    details = billing_details or {}
    method: Object = {
        "id": sandbox.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": full_address(details.get("address") or {}),
            "email": details.get("email"),
            "name": details.get("name"),
            "phone": details.get("phone"),
            "tax_id": None,
        },
        "card": _card(chosen, exp_month or 12, exp_year or year + 3),
        "created": sandbox.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": merge_metadata({}, metadata or {}),
        "type": "card",
        "_": {"number": chosen.number},
    }
    sandbox.put(method)
    return method


def resolve(sandbox: Sandbox, id: str, *, param: str = "payment_method") -> Object:
    """The method; a ready-made ``pm_card_…`` is a new one each time, as on Stripe."""
    if is_ready_made(id):
        return create_method(sandbox, id, param=param)
    return sandbox.get("payment_method", id, param=param)


def attach(
    sandbox: Sandbox,
    id: str,
    customer_id: str,
    *,
    param: str = "id",
    verify: bool = False,
) -> Object:
    """Give the method to the customer; emits payment_method.attached.

    With ``verify`` a card that Stripe refuses to save is refused (402, card_error), as it is by
    the API and the hosted pages; without it any card can be planted.
    """
    method = resolve(sandbox, id, param=param)
    customer = sandbox.get("customer", customer_id, param="customer")
    if method["customer"] == customer["id"]:
        return method
    if method["customer"] is not None:
        raise SandboxError(
            "The payment method you provided has already been attached to a customer.",
            code="resource_already_exists",
            param=param,
        )
    if method["_"].get("detached"):
        raise SandboxError(
            "This PaymentMethod was previously used without being attached to a Customer or was "
            "detached from a Customer, and may not be used again.",
            param=param,
        )
    if verify:
        check(method)
    method["customer"] = customer["id"]
    sandbox.put(method)
    sandbox.emit("payment_method.attached", method)
    return method


def check(method: Object) -> None:
    """Raises SandboxError (402) for a card that is refused when it is saved."""
    card = card_for(method)
    if not card.attaches:
        raise SandboxError.card_declined(payment_error(card, rendered(method), None))


def detach(sandbox: Sandbox, id: str) -> Object:
    """Take the method from its customer; it can not be used again."""
    method = sandbox.get("payment_method", id)
    owner = method["customer"]
    if owner is None:
        raise SandboxError(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    before = sandbox.snapshot(method)
    method["customer"] = None
    method["_"]["detached"] = True
    sandbox.put(method)
    sandbox.emit("payment_method.detached", method, sandbox.snapshot_diff(before, method))
    _forget(sandbox, owner, id)
    return method


def update_method(sandbox: Sandbox, id: str, params: Object) -> Object:
    method = sandbox.get("payment_method", id)
    before = sandbox.snapshot(method)
    if params.get("billing_details"):
        method["billing_details"] = {**method["billing_details"], **params["billing_details"]}
        address = method["billing_details"]["address"]
        method["billing_details"]["address"] = full_address(address or {})
    if params.get("card"):
        method["card"] = {**method["card"], **params["card"]}
    if params.get("allow_redisplay"):
        method["allow_redisplay"] = params["allow_redisplay"]
    if "metadata" in params:
        method["metadata"] = merge_metadata(method["metadata"], params["metadata"])
    sandbox.update(method, before, "payment_method.updated")
    return method


def card_for(method: Object) -> Card:
    """The test card behind a stored method."""
    return card_of(method["_"]["number"])


def _forget(sandbox: Sandbox, owner: str, id: str) -> None:
    """A detached method is nobody's default any more."""
    from lib.sandbox.billing import customers

    customer = sandbox.peek("customer", owner)
    if customer and customer["invoice_settings"]["default_payment_method"] == id:
        customers.set_default_payment_method(sandbox, owner, None)
    for subscription in sandbox.find("subscription", customer=owner, default_payment_method=id):
        before = sandbox.snapshot(subscription)
        subscription["default_payment_method"] = None
        sandbox.update(subscription, before, "customer.subscription.updated")


def _card(card: Card, exp_month: int, exp_year: int) -> Object:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": card.country,
        "display_brand": {"amex": "american_express"}.get(card.brand, card.brand),
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": f"fp{card.number[-14:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
