"""Checkout sessions: creating, expiring, and the rules between their parameters."""

from __future__ import annotations

from typing import Any

from lib.sandbox import due
from lib.sandbox.checkout import line_items
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.expand import includable
from lib.sandbox.paging import list_object
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]

KIND = "checkout.session"
URL = "/v1/checkout/sessions"
MIN_SECONDS = 30 * 60
MAX_SECONDS = 24 * 60 * 60


def create(sandbox: Sandbox, params: Object) -> Object:
    """An open session; raises SandboxError (400) as Stripe refuses."""
    mode = params["mode"]
    _check_mode(params)
    customer = _customer(sandbox, params)
    coupon = _coupon(sandbox, params)
    lines = line_items.build(sandbox, mode, params.get("line_items", []))
    line_items.discount(lines, coupon)
    data = params.get("subscription_data", {})
    if "trial_period_days" in data or "trial_end" in data:
        line_items.without_charge(lines)
    session = _blank(sandbox, params)
    session.update(
        customer=None if customer is None else customer["id"],
        expires_at=_expires_at(sandbox, params.get("expires_at")),
        **_totals(params, lines),
    )
    session["_"] = {
        "lines": lines,
        "subscription_data": data,
        "intent_data": params.get("payment_intent_data") or params.get("setup_intent_data") or {},
    }
    sandbox.put(session)
    return session


def expire(sandbox: Sandbox, session: Object) -> Object:
    """End an open session; raises SandboxError (400) for any other."""
    if session["status"] != "open":
        raise SandboxError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    session["status"] = "expired"
    session["url"] = None
    sandbox.put(session)
    sandbox.emit("checkout.session.expired", session)
    return session


def update(sandbox: Sandbox, session: Object, params: Object) -> Object:
    if "metadata" in params:
        session["metadata"] = merge_metadata(session["metadata"] or {}, params["metadata"])
        sandbox.put(session)
    return session


@includable(KIND, "line_items")
def line_item_list(sandbox: Sandbox, session: Object) -> Object:
    lines = sandbox.get(KIND, session["id"])["_"]["lines"]
    return list_object(lines, f"{URL}/{session['id']}/line_items")


def _expire_when_due(sandbox: Sandbox, session: Object) -> None:
    expire(sandbox, session)


due.register(KIND, lambda session: int(session["expires_at"]), _expire_when_due, {"open"})


def _check_mode(params: Object) -> None:
    mode = params["mode"]
    ui_mode = params.get("ui_mode", "hosted_page")
    if ui_mode != "hosted_page":
        raise SandboxError.unsupported_parameter("ui_mode")
    if "success_url" not in params:
        raise SandboxError.missing_parameter("success_url")
    if mode != "setup" and not params.get("line_items"):
        raise SandboxError.missing_parameter("line_items")
    if mode == "setup" and "line_items" in params:
        raise SandboxError("You can not pass `line_items` in `setup` mode.", param="line_items")
    for name, wanted in (
        ("subscription_data", "subscription"),
        ("payment_intent_data", "payment"),
        ("setup_intent_data", "setup"),
    ):
        if name in params and mode != wanted:
            raise SandboxError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    for one, other in (("customer", "customer_email"), ("allow_promotion_codes", "discounts")):
        if one in params and other in params:
            raise SandboxError(
                f"You may only specify one of these parameters: {one}, {other}.", param=one
            )
    if mode == "setup" and "discounts" in params:
        raise SandboxError("You can not pass `discounts` in `setup` mode.", param="discounts")


def _customer(sandbox: Sandbox, params: Object) -> Object | None:
    if "customer" in params:
        return sandbox.get("customer", params["customer"], param="customer")
    if "@" not in params.get("customer_email", "@"):
        raise SandboxError(
            f"Invalid email address: {params['customer_email']}",
            code="email_invalid",
            param="customer_email",
        )
    return None


def _coupon(sandbox: Sandbox, params: Object) -> Object | None:
    given = params.get("discounts", [])
    if not given:
        return None
    if len(given) > 1:
        raise SandboxError("You can pass at most one discount.", param="discounts")
    if len(given[0]) != 1:
        raise SandboxError(
            "You must pass either `coupon` or `promotion_code`.", param="discounts[0]"
        )
    return coupon_of(sandbox, given[0], "discounts[0]")


def coupon_of(sandbox: Sandbox, given: dict[str, str], param: str) -> Object:
    """The valid coupon behind ``{"coupon"}`` or ``{"promotion_code"}``; SandboxError (400)."""
    id = given.get("coupon")
    if "promotion_code" in given:
        code = sandbox.get(
            "promotion_code", given["promotion_code"], param=f"{param}[promotion_code]"
        )
        if not code["active"]:
            raise SandboxError(
                f"The promotion code '{code['code']}' is not active.",
                param=f"{param}[promotion_code]",
            )
        id = promotion_coupon(code)
    coupon = sandbox.get("coupon", str(id), param=f"{param}[coupon]")
    if not coupon["valid"]:
        raise SandboxError(f"Coupon {coupon['id']} is expired and cannot be applied.", param=param)
    return coupon


def promotion_coupon(code: Object) -> str:
    """The coupon's id of a promotion code."""
    coupon = code["promotion"]["coupon"]
    return str(coupon["id"] if isinstance(coupon, dict) else coupon)


def _expires_at(sandbox: Sandbox, wanted: int | None) -> int:
    now = sandbox.now()
    if wanted is None:
        return now + MAX_SECONDS
    if wanted < now + MIN_SECONDS:
        raise SandboxError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if wanted > now + MAX_SECONDS:
        raise SandboxError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return wanted


def _totals(params: Object, lines: list[Object]) -> Object:
    if params["mode"] == "setup":
        return {
            "amount_subtotal": None,
            "amount_total": None,
            "currency": params.get("currency"),
            "total_details": None,
        }
    discounts = sum(line["amount_discount"] for line in lines)
    return {
        "amount_subtotal": sum(line["amount_subtotal"] for line in lines),
        "amount_total": sum(line["amount_total"] for line in lines),
        "currency": lines[0]["currency"],
        "total_details": {
            "amount_discount": discounts,
            "amount_shipping": 0,
            "amount_tax": 0,
        },
    }


def _blank(sandbox: Sandbox, params: Object) -> Object:
    """Every attribute of the object, from the parameters where they say something."""
    id = f"cs_test_{sandbox.ids.token(42)}"
    discounts = [
        {"coupon": None, "promotion_code": None, **given} for given in params.get("discounts", [])
    ]
    mode = params["mode"]
    new_customer = "always" if mode == "subscription" else params.get("customer_creation")
    return {
        "id": id,
        "object": KIND,
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "automatic_tax": {
            "enabled": params.get("automatic_tax", {}).get("enabled", False),
            "liability": None,
            "provider": None,
            "status": None,
        },
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,  # nosec B105 - there is none
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": sandbox.now(),
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_account": None,
        "customer_creation": None if "customer" in params else new_customer or "if_required",
        "customer_details": None,
        "customer_email": params.get("customer_email"),
        "discounts": discounts,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": merge_metadata({}, params.get("metadata") or {}),
        "mode": mode,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": params.get("payment_method_collection", "always"),
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": params.get("allowed_payment_method_types") or ["card"],
        "payment_status": "unpaid" if mode != "setup" else "no_payment_required",
        "permissions": None,
        "phone_number_collection": params.get("phone_number_collection", {"enabled": False}),
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "ui_mode": "hosted_page",
        "url": f"{sandbox.settings.public_url}/c/pay/{id}",
        "wallet_options": None,
    }
