"""What a customer may do with a subscription: one answer for the API and for the pages.

Every function returns None when it is allowed, else Stripe's reason as a sentence.
"""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox

LIVE = frozenset({"active", "trialing", "past_due", "unpaid", "paused"})
ENDED = frozenset({"canceled", "incomplete_expired"})


def is_winding_down(subscription: dict[str, Any]) -> bool:
    """Live, and its end is set in either encoding."""
    ending = subscription["cancel_at"] is not None or subscription["cancel_at_period_end"]
    return subscription["status"] in LIVE and bool(ending)


def has_future_phase(sandbox: Sandbox, subscription: dict[str, Any]) -> bool:
    """Whether an attached schedule still has an update to make."""
    schedule = sandbox.peek("subscription_schedule", subscription["schedule"])
    if schedule is None or schedule["status"] not in {"active", "not_started"}:
        return False
    return any(phase["start_date"] > sandbox.now() for phase in schedule["phases"])


def cancel_refusal(
    sandbox: Sandbox, subscription: dict[str, Any], configuration: dict[str, Any]
) -> str | None:
    if not configuration["features"]["subscription_cancel"]["enabled"]:
        return (
            "This subscription cannot be canceled because the subscription cancellation feature "
            "in the portal configuration is disabled."
        )
    if subscription["status"] not in LIVE:
        return f"This subscription cannot be canceled because it is {subscription['status']}."
    if subscription["cancel_at_period_end"]:
        return "This subscription is already set to be canceled at period end."
    if subscription["cancel_at"] is not None:
        return "This subscription is already set to be canceled at a given date."
    if has_future_phase(sandbox, subscription):
        return (
            "This subscription cannot be canceled because an update to it is scheduled with the "
            f"subscription schedule '{subscription['schedule']}'."
        )
    return None


def update_refusal(
    sandbox: Sandbox, subscription: dict[str, Any], configuration: dict[str, Any]
) -> str | None:
    if not configuration["features"]["subscription_update"]["enabled"]:
        return (
            "This subscription cannot be updated because the subscription update feature in the "
            "portal configuration is disabled."
        )
    why = _update_obstacle(sandbox, subscription)
    return None if why is None else f"This subscription cannot be updated because {why}."


def _update_obstacle(sandbox: Sandbox, subscription: dict[str, Any]) -> str | None:
    items = subscription["items"]["data"]
    if subscription["status"] not in LIVE:
        return f"it is {subscription['status']}"
    if len(items) != 1:
        return "it has multiple subscription items"
    if (items[0]["price"]["recurring"] or {}).get("usage_type") == "metered":
        return "it uses usage-based billing"
    if subscription["collection_method"] == "send_invoice":
        return "its collection method is send_invoice"
    if has_future_phase(sandbox, subscription):
        return (
            "an update to it is scheduled with the subscription schedule "
            f"'{subscription['schedule']}'"
        )
    return None


def pause_refusal(
    sandbox: Sandbox, subscription: dict[str, Any], configuration: dict[str, Any]
) -> str | None:
    if not configuration["features"]["subscription_pause"]["enabled"]:
        return (
            "This subscription cannot be paused because the subscription pause feature in the "
            "portal configuration is disabled."
        )
    if subscription["billing_mode"]["type"] != "flexible":
        return "This subscription cannot be paused because its billing mode is not flexible."
    if subscription["status"] not in {"active", "trialing", "past_due"}:
        return f"This subscription cannot be paused because it is {subscription['status']}."
    if subscription["schedule"] is not None:
        return "This subscription cannot be paused because a subscription schedule is attached."
    if is_winding_down(subscription):
        return "This subscription cannot be paused because it is set to be canceled."
    return None


def renew_refusal(sandbox: Sandbox, subscription: dict[str, Any]) -> str | None:
    """Undoing a cancellation needs no feature: Stripe offers it whenever it can be done."""
    if not is_winding_down(subscription):
        return "This subscription is not set to be canceled."
    if has_future_phase(sandbox, subscription):
        return "This subscription is managed by a subscription schedule."
    return None


def may_switch_to(
    subscription: dict[str, Any], price: dict[str, Any], configuration: dict[str, Any]
) -> str | None:
    """Whether the one item of ``subscription`` may move to ``price`` in this portal."""
    current = subscription["items"]["data"][0]["price"]
    offered = {
        id
        for product in configuration["features"]["subscription_update"]["products"]
        for id in product["prices"]
    }
    if price["id"] not in offered:
        return (
            f"The price '{price['id']}' is not in the portal configuration's "
            "`features[subscription_update][products]`."
        )
    if not price["active"]:
        return f"The price '{price['id']}' is not active."
    if price["currency"] != subscription["currency"]:
        return (
            f"The price '{price['id']}' is in {price['currency']}, the subscription in "
            f"{subscription['currency']}."
        )
    if price["tax_behavior"] != current["tax_behavior"]:
        return f"The price '{price['id']}' has another tax_behavior than the current price."
    return None
