"""Coupons and promotion codes: create, update, delete."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import money
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """A coupon of ``percent_off`` or of ``amount_off`` in a ``currency``."""
    percent, amount = params.get("percent_off"), params.get("amount_off")
    if (percent is None) == (amount is None):
        raise SandboxError(
            "Must provide one of percent_off or amount_off.", code="parameter_missing"
        )
    if percent is not None and not 0 < percent <= 100:
        raise SandboxError("Invalid percent_off: must be between 0 and 100.", param="percent_off")
    if amount is not None and not params.get("currency"):
        raise SandboxError.missing_parameter("currency")
    duration = params.get("duration") or "once"
    if (duration == "repeating") != (params.get("duration_in_months") is not None):
        raise SandboxError(
            "duration_in_months must be given if and only if duration is repeating.",
            param="duration_in_months",
        )
    id = params.get("id") or sandbox.ids.token(6).upper()
    if sandbox.peek("coupon", id) is not None:
        raise SandboxError("Coupon already exists.", code="resource_already_exists", param="id")
    coupon: Object = {
        "id": id,
        "object": "coupon",
        "amount_off": amount,
        "created": sandbox.now(),
        "currency": money.currency(params["currency"]) if amount is not None else None,
        "duration": duration,
        "duration_in_months": params.get("duration_in_months"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "name": params.get("name"),
        "percent_off": None if percent is None else float(percent),
        "redeem_by": params.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }
    sandbox.put(coupon)
    sandbox.emit("coupon.created", coupon)
    return coupon


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Only the name and metadata of a coupon can change."""
    coupon = sandbox.get("coupon", id)
    before = sandbox.snapshot(coupon)
    if "name" in params:
        coupon["name"] = params["name"]
    if "metadata" in params:
        coupon["metadata"] = merge_metadata(coupon["metadata"], params["metadata"])
    sandbox.update(coupon, before, "coupon.updated")
    return coupon


def delete(sandbox: Sandbox, id: str) -> Object:
    """Nobody can redeem it any more; discounts made from it go on."""
    coupon = sandbox.get("coupon", id)
    sandbox.delete(coupon)
    sandbox.put({**coupon, "object": "deleted_coupon"})
    sandbox.emit("coupon.deleted", {**coupon, "valid": False})
    return {"id": id, "object": "coupon", "deleted": True}


def create_code(sandbox: Sandbox, params: Object) -> Object:
    """A promotion code: ``promotion`` is ``{"type": "coupon", "coupon": id}``."""
    coupon_id = params["promotion"]["coupon"]
    sandbox.get("coupon", coupon_id, param="promotion[coupon]")
    text = params.get("code") or sandbox.ids.token(6).upper()
    if sandbox.find("promotion_code", code=text, active=True, limit=1):
        raise SandboxError(
            f"An active promotion code with `code: {text}` already exists.", param="code"
        )
    restrictions = params.get("restrictions") or {}
    code: Object = {
        "id": sandbox.new_id("promo"),
        "object": "promotion_code",
        "active": params.get("active", True),
        "code": text,
        "created": sandbox.now(),
        "customer": params.get("customer"),
        "customer_account": None,
        "expires_at": params.get("expires_at"),
        "livemode": False,
        "max_redemptions": params.get("max_redemptions"),
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "promotion": {"coupon": coupon_id, "type": "coupon"},
        "restrictions": {
            "first_time_transaction": restrictions.get("first_time_transaction", False),
            "minimum_amount": restrictions.get("minimum_amount"),
            "minimum_amount_currency": restrictions.get("minimum_amount_currency"),
        },
        "times_redeemed": 0,
    }
    sandbox.put(code)
    sandbox.emit("promotion_code.created", code)
    return code


def update_code(sandbox: Sandbox, id: str, params: Object) -> Object:
    code = sandbox.get("promotion_code", id)
    before = sandbox.snapshot(code)
    if "active" in params:
        code["active"] = params["active"]
    if "metadata" in params:
        code["metadata"] = merge_metadata(code["metadata"], params["metadata"])
    sandbox.update(code, before, "promotion_code.updated")
    return code
