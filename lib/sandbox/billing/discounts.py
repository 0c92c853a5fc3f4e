"""Coupons, promotion codes, and the discounts they become on subscriptions and items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lib.sandbox.billing import calendar, money
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def apply(
    sandbox: Sandbox,
    wanted: list[Object] | None,
    current: list[str],
    *,
    customer: str,
    subscription: str | None,
    item: str | None = None,
    param: str = "discounts",
) -> list[str]:
    """The new list of discount ids: kept ones, and new ones from coupons and promotion codes.

    Emits customer.discount.created and .deleted. ``wanted`` is the request's ``discounts``.
    """
    kept: list[str] = []
    for index, entry in enumerate(wanted or []):
        place = f"{param}[{index}]"
        if entry.get("discount"):
            if entry["discount"] not in current:
                raise SandboxError.missing_resource(
                    "discount", entry["discount"], param=f"{place}[discount]"
                )
            kept.append(entry["discount"])
        else:
            made = _create(sandbox, entry, customer, subscription, item, place)
            kept.append(made["id"])
    for id in current:
        if id not in kept:
            remove(sandbox, id)
    return kept


def check_currency(sandbox: Sandbox, subscription: Object) -> None:
    """Raises SandboxError when a fixed amount is in another currency than the subscription."""
    for owner in (subscription, *subscription["items"]["data"]):
        for id in owner["discounts"]:
            coupon = coupon_of(sandbox, id)
            if coupon["currency"] not in (None, subscription["currency"]):
                raise SandboxError(
                    f"The coupon {coupon['id']} cannot be applied: its currency is "
                    f"{coupon['currency']}, the subscription's is {subscription['currency']}.",
                    param="discounts",
                )


def remove(sandbox: Sandbox, id: str) -> None:
    """End a discount now; the object stays, so that old invoices can still show it."""
    discount = sandbox.peek("discount", id)
    if discount is not None:
        sandbox.emit("customer.discount.deleted", discount)


def redeemable(sandbox: Sandbox, coupon_id: str, *, param: str) -> Object:
    """The coupon. Raises SandboxError for an unknown, expired or used-up one."""
    coupon = sandbox.get("coupon", coupon_id, param=param)
    expired = coupon["redeem_by"] is not None and coupon["redeem_by"] < sandbox.now()
    if not coupon["valid"] or expired:
        raise SandboxError(f"Coupon expired: {coupon_id}", code="coupon_expired", param=param)
    return coupon


def coupon_of(sandbox: Sandbox, discount_id: str) -> Object:
    discount = sandbox.get("discount", discount_id)
    return coupon_by_id(sandbox, discount["source"]["coupon"])


def coupon_by_id(sandbox: Sandbox, id: str) -> Object:
    """Also a deleted one: what was granted with it goes on."""
    found = sandbox.peek("coupon", id) or sandbox.peek("deleted_coupon", id)
    if found is None:
        raise SandboxError.missing_resource("coupon", id)
    return found


def running(sandbox: Sandbox, ids: list[str]) -> list[str]:
    """Those of ``ids`` that have not ended."""
    now = sandbox.now()
    return [id for id in ids if (end := sandbox.get("discount", id)["end"]) is None or end > now]


def next_end(sandbox: Sandbox, ids: list[str]) -> int | None:
    """When the first of ``ids`` ends."""
    ends = [sandbox.get("discount", id)["end"] for id in ids]
    return min((end for end in ends if end is not None), default=None)


def one_time(sandbox: Sandbox, ids: list[str]) -> list[str]:
    """Those of ``ids`` that an invoice uses up."""
    return [id for id in ids if coupon_of(sandbox, id)["duration"] == "once"]


def reductions(coupon: Object, amounts: list[int]) -> list[int]:
    """How much ``coupon`` takes off each of ``amounts``; a fixed amount is spread over them."""
    if coupon["percent_off"] is not None:
        share = Decimal(str(coupon["percent_off"])) / 100
        return [money.whole(amount * share) for amount in amounts]
    positive = [max(0, amount) for amount in amounts]
    total = sum(positive)
    off = min(coupon["amount_off"], total)
    if total == 0:
        return [0] * len(amounts)
    parts = [off * amount // total for amount in positive]
    for index in range(off - sum(parts)):
        parts[index % len(parts)] += 1
    return parts


def _create(
    sandbox: Sandbox,
    entry: Object,
    customer: str,
    subscription: str | None,
    item: str | None,
    place: str,
) -> Object:
    code = None
    if entry.get("promotion_code"):
        code = _code(sandbox, entry["promotion_code"], customer, f"{place}[promotion_code]")
        coupon_id = code["promotion"]["coupon"]
        param = f"{place}[promotion_code]"
    elif entry.get("coupon"):
        coupon_id, param = entry["coupon"], f"{place}[coupon]"
    else:
        raise SandboxError.missing_parameter(f"{place}[coupon]")
    coupon = redeemable(sandbox, coupon_id, param=param)
    start = sandbox.now()
    end = None
    if coupon["duration"] == "repeating":
        end = calendar.add(start, "month", coupon["duration_in_months"])
    discount: Object = {
        "id": sandbox.new_id("di"),
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": end,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": code["id"] if code else None,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": start,
        "subscription": subscription,
        "subscription_item": item,
    }
    sandbox.put(discount)
    _redeemed(sandbox, coupon, code)
    sandbox.emit("customer.discount.created", discount)
    return discount


def _code(sandbox: Sandbox, id: str, customer: str, param: str) -> Object:
    code = sandbox.get("promotion_code", id, param=param)
    expired = code["expires_at"] is not None and code["expires_at"] < sandbox.now()
    if not code["active"] or expired:
        raise SandboxError(
            "This promotion code cannot be redeemed because it is expired or inactive.",
            code="promotion_code_expired" if expired else None,
            param=param,
        )
    if code["customer"] not in (None, customer):
        raise SandboxError(
            "This promotion code cannot be redeemed because the associated customer does not "
            "match.",
            param=param,
        )
    return code


def _redeemed(sandbox: Sandbox, coupon: Object, code: Object | None) -> None:
    for used in (coupon, code):
        if used is None:
            continue
        used["times_redeemed"] += 1
        most = used["max_redemptions"]
        if most is not None and used["times_redeemed"] >= most:
            used["valid" if used is coupon else "active"] = False
        sandbox.put(used)
