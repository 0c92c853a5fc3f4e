"""How a subscription reads in the portal."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.portal_visit import PortalVisit
from lib.sandbox.portal import pauses, permissions

_BADGES = {
    "active": ("Active", "good"),
    "trialing": ("Trial", "good"),
    "past_due": ("Past due", "bad"),
    "unpaid": ("Unpaid", "bad"),
    "paused": ("Paused", "warn"),
    "incomplete": ("Incomplete", "warn"),
}


def described(sandbox: Sandbox, subscription: dict[str, Any]) -> dict[str, Any]:
    """Name, price, state and dates as text."""
    items = subscription["items"]["data"]
    return {
        "id": subscription["id"],
        "name": " + ".join(product_name(sandbox, item["price"]) for item in items),
        "price": " + ".join(wording.price(item["price"], item.get("quantity")) for item in items),
        "badge": _badge(subscription),
        "sentence": _sentence(subscription),
        "lines": _lines(sandbox, subscription),
    }


def with_actions(portal: PortalVisit, subscription: dict[str, Any]) -> dict[str, Any]:
    """``described`` plus which buttons the configuration and the state allow."""
    sandbox, configuration = portal.visit.sandbox, portal.configuration
    update = permissions.update_refusal(sandbox, subscription, configuration)
    cancel = permissions.cancel_refusal(sandbox, subscription, configuration)
    pause = permissions.pause_refusal(sandbox, subscription, configuration)
    return {
        **described(sandbox, subscription),
        # As on Stripe the overview first offers to keep what is winding down.
        "may_update": update is None and not permissions.is_winding_down(subscription),
        "may_cancel": cancel is None,
        "may_pause": pause is None,
        "may_renew": permissions.renew_refusal(sandbox, subscription) is None,
        "may_resume": subscription["status"] == "paused",
        "why_not": _why_not(portal, update),
    }


def product_name(sandbox: Sandbox, price: dict[str, Any]) -> str:
    product = sandbox.peek("product", price["product"])
    return str(price.get("nickname") or price["product"] if product is None else product["name"])


def period_end(subscription: dict[str, Any]) -> int:
    """The end of the last running item period, in unix seconds."""
    return max(int(item["current_period_end"]) for item in subscription["items"]["data"])


def ends_at(subscription: dict[str, Any]) -> int:
    """When a subscription that is winding down ends."""
    if subscription["cancel_at"] is not None:
        return int(subscription["cancel_at"])
    return min(int(item["current_period_end"]) for item in subscription["items"]["data"])


def _badge(subscription: dict[str, Any]) -> dict[str, str]:
    if permissions.is_winding_down(subscription):
        return {"text": f"Cancels {wording.date(ends_at(subscription))}", "tone": "warn"}
    text, tone = _BADGES.get(subscription["status"], (subscription["status"], ""))
    return {"text": text, "tone": tone}


def _sentence(subscription: dict[str, Any]) -> str:
    if permissions.is_winding_down(subscription):
        return f"Your plan will be canceled on {wording.date(ends_at(subscription))}."
    if subscription["status"] == "trialing":
        return f"Your trial ends on {wording.date(subscription['trial_end'])}."
    if subscription["status"] == "paused":
        return "Your plan is paused."
    if subscription["status"] in {"past_due", "unpaid"}:
        return "Your latest invoice is not paid. Pay it to keep your plan."
    if subscription["status"] == "incomplete":
        return "Your first payment is not complete."
    return f"Your plan renews on {wording.date(period_end(subscription))}."


def _lines(sandbox: Sandbox, subscription: dict[str, Any]) -> list[str]:
    lines = []
    lines += _scheduled_change(sandbox, subscription)
    resumes = pauses.ends_at(sandbox, subscription)
    if resumes is not None:
        lines.append(f"It goes on by itself on {wording.date(resumes)}.")
    for id in subscription["discounts"]:
        discount = sandbox.peek("discount", id) if isinstance(id, str) else id
        coupon = None if discount is None else sandbox.peek("coupon", coupon_id(discount))
        if coupon is not None:
            lines.append(f"Discount: {wording.coupon(coupon)}.")
    method = sandbox.peek("payment_method", subscription["default_payment_method"])
    if method is not None:
        lines.append(f"Paid with {wording.card(method)}.")
    return lines


def _scheduled_change(sandbox: Sandbox, subscription: dict[str, Any]) -> list[str]:
    """The next phase of an attached schedule, as a sentence."""
    schedule = sandbox.peek("subscription_schedule", subscription["schedule"])
    phases = [] if schedule is None else schedule["phases"]
    for phase in phases:
        if phase["start_date"] > sandbox.now():
            price = sandbox.get("price", phase["items"][0]["price"])
            when = wording.date(phase["start_date"])
            return [f"It changes to {product_name(sandbox, price)} on {when}."]
    return []


def coupon_id(discount: dict[str, Any]) -> str | None:
    coupon = (discount.get("source") or {}).get("coupon")
    return coupon["id"] if isinstance(coupon, dict) else coupon


def _why_not(portal: PortalVisit, refusal: str | None) -> str | None:
    """Say why there is no update button, unless the whole feature is off."""
    return refusal if refusal and portal.feature("subscription_update")["enabled"] else None
