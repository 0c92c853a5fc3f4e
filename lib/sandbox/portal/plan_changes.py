"""Changing a plan in the portal: what is offered, when it takes effect, what it will cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lib.sandbox.billing import invoices, schedules, subscriptions
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.portal import permissions

_LENGTHS = {"day": 24, "week": 168, "month": 730, "year": 8760}


@dataclass(frozen=True)
class Change:
    """A wanted change of a subscription's one item; ``discounts`` as Stripe's parameters."""

    subscription: dict[str, Any]
    price: dict[str, Any]
    quantity: int | None
    discounts: tuple[dict[str, str], ...] = ()

    @property
    def item(self) -> dict[str, Any]:
        found: dict[str, Any] = self.subscription["items"]["data"][0]
        return found

    @property
    def is_empty(self) -> bool:
        return (
            self.price["id"] == self.item["price"]["id"]
            and self.quantity == self.item["quantity"]
            and not self.discounts
        )


def offered_prices(
    sandbox: Sandbox, subscription: dict[str, Any], configuration: dict[str, Any]
) -> list[dict[str, Any]]:
    """The prices that the customer may choose from, in the configuration's order."""
    feature = configuration["features"]["subscription_update"]
    if "price" not in feature["default_allowed_updates"]:
        return []
    found = []
    for product in feature["products"]:
        for id in product["prices"]:
            price = sandbox.peek("price", id)
            if price is None:
                continue
            if permissions.may_switch_to(subscription, price, configuration) is None:
                found.append(price)
    return found


def quantity_rule(configuration: dict[str, Any], price: dict[str, Any]) -> dict[str, Any] | None:
    """``{enabled, minimum, maximum}`` for the price's product; None when it is fixed."""
    feature = configuration["features"]["subscription_update"]
    if "quantity" not in feature["default_allowed_updates"]:
        return None
    for product in feature["products"]:
        if product["product"] == price["product"]:
            rule: dict[str, Any] = product["adjustable_quantity"]
            return rule if rule["enabled"] else None
    return None


def check(change: Change, configuration: dict[str, Any]) -> None:
    """Raises SandboxError (400) for a change that the configuration does not offer."""
    if change.is_empty:
        raise SandboxError("Choose another plan: this one is your current plan.")
    if change.price["id"] != change.item["price"]["id"]:
        refusal = permissions.may_switch_to(change.subscription, change.price, configuration)
        if refusal is not None:
            raise SandboxError(refusal)
    if change.quantity != change.item["quantity"]:
        rule = quantity_rule(configuration, change.price)
        quantity = change.quantity or 0
        if rule is None or quantity < rule["minimum"] or quantity > (rule["maximum"] or 999999):
            raise SandboxError("This quantity is not offered.")


def at_period_end(change: Change, configuration: dict[str, Any]) -> bool:
    """Whether the configuration schedules this change instead of making it now."""
    feature = configuration["features"]["subscription_update"]
    conditions = {c["type"] for c in feature["schedule_at_period_end"]["conditions"]}
    if change.subscription["status"] == "trialing":
        return False
    now, then = change.item["price"], change.price
    if "shortening_interval" in conditions and _hours(then) < _hours(now):
        return True
    decreasing = _amount(then, change.quantity) * _hours(now) < _amount(
        now, change.item["quantity"]
    ) * _hours(then)
    return "decreasing_item_amount" in conditions and decreasing


def _hours(price: dict[str, Any]) -> int:
    """The length of the price's interval, to compare intervals and amounts by."""
    recurring = price["recurring"]
    return int(_LENGTHS[recurring["interval"]] * recurring["interval_count"])


def _amount(price: dict[str, Any], quantity: int | None) -> int:
    return int(price["unit_amount"] or 0) * (1 if quantity is None else quantity)


def apply(sandbox: Sandbox, change: Change, configuration: dict[str, Any]) -> dict[str, Any]:
    """Make the change now, or schedule it; returns the subscription.

    Raises SandboxError (400; 402 when it has to be paid at once and the card is declined).
    """
    if at_period_end(change, configuration):
        return _schedule(sandbox, change)
    return subscriptions.update(
        sandbox,
        change.subscription["id"],
        {**_update_params(change, configuration), "payment_behavior": "error_if_incomplete"},
    )


def _update_params(change: Change, configuration: dict[str, Any]) -> dict[str, Any]:
    feature = configuration["features"]["subscription_update"]
    params: dict[str, Any] = {
        "items": [_item_params(change)],
        "proration_behavior": feature["proration_behavior"],
    }
    if change.discounts:
        params["discounts"] = list(change.discounts)
    if feature["billing_cycle_anchor"] == "now":
        params["billing_cycle_anchor"] = {"type": "now"}
    if change.subscription["status"] == "trialing" and feature["trial_update_behavior"] != (
        "continue_trial"
    ):
        params["trial_end"] = "now"
    return params


def _item_params(change: Change) -> dict[str, Any]:
    params: dict[str, Any] = {"id": change.item["id"], "price": change.price["id"]}
    if change.quantity is not None:
        params["quantity"] = change.quantity
    return params


def _schedule(sandbox: Sandbox, change: Change) -> dict[str, Any]:
    """A schedule of two phases: what runs now until its period ends, then the new price."""
    subscription, item = change.subscription, change.item
    schedule = schedules.create(sandbox, {"from_subscription": subscription["id"]})
    current = schedule["phases"][0]
    running = {"price": item["price"]["id"], "quantity": item["quantity"]}
    after: dict[str, Any] = {
        "items": [{"price": change.price["id"], "quantity": change.quantity}],
        "duration": {"interval": change.price["recurring"]["interval"], "interval_count": 1},
        "proration_behavior": "none",
    }
    if change.discounts:
        after["discounts"] = list(change.discounts)
    schedules.update(
        sandbox,
        schedule["id"],
        {
            "end_behavior": "release",
            "phases": [
                {
                    "items": [running],
                    "start_date": current["start_date"],
                    "end_date": item["current_period_end"],
                },
                after,
            ],
        },
    )
    return sandbox.get("subscription", subscription["id"])


def preview(
    sandbox: Sandbox, change: Change, configuration: dict[str, Any]
) -> dict[str, Any] | None:
    """The engine's preview of the next invoice; None when the change waits for the period end."""
    if at_period_end(change, configuration):
        return None
    params = _update_params(change, configuration)
    discounts = params.pop("discounts", None)
    asked: dict[str, Any] = {
        "subscription": change.subscription["id"],
        "subscription_details": params,
    }
    if discounts:
        asked["discounts"] = discounts
    return invoices.create_preview(sandbox, asked)
