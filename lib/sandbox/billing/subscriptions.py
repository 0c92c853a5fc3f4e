"""Subscriptions: created here; changed, ended and paused through the same door.

Every function takes the parameters of Stripe's API with real types and returns the stored
subscription. All need a surrounding ``sandbox.transaction()``.
"""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import (
    calendar,
    customers,
    discounts,
    entitlements,
    first_invoice,
    items,
    pausing,
    renewals,
    subscription_changes,
)
from lib.sandbox.billing.subscription_ends import ending
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata
from lib.sandbox.settings import DAY

Object = dict[str, Any]

update = subscription_changes.update
cancel = subscription_changes.cancel
pause = pausing.pause
resume = pausing.resume


def create(sandbox: Sandbox, params: Object) -> Object:
    """A subscription with its first invoice, paid at once where a card allows it.

    Raises SandboxError: 400 for bad parameters or a customer without a card, 402 when the
    first payment fails under ``payment_behavior=error_if_incomplete``.
    """
    customer = sandbox.get("customer", params["customer"], param="customer")
    subscription = _blank(sandbox, customer, params)
    made = items.change(sandbox, subscription, params["items"])
    subscription["items"]["data"] = made
    subscription["currency"] = made[0]["price"]["currency"]
    _same_currency(customer, subscription["currency"])
    subscription["discounts"] = discounts.apply(
        sandbox,
        params.get("discounts"),
        [],
        customer=customer["id"],
        subscription=subscription["id"],
    )
    discounts.check_currency(sandbox, subscription)
    _start(sandbox, subscription, params)
    subscription.update(ending(sandbox, subscription, params))
    renewals.note_discounts(sandbox, subscription)
    subscription["_"]["starting"] = True
    sandbox.put(subscription)
    first_invoice.bill(sandbox, subscription, params)
    del subscription["_"]["starting"]
    customers.set_currency(sandbox, customer["id"], subscription["currency"])
    sandbox.put(subscription)
    sandbox.emit("customer.subscription.created", subscription)
    entitlements.refresh(sandbox, customer["id"])
    return subscription


def migrate(sandbox: Sandbox, id: str, params: Object) -> Object:
    """classic → flexible; there is no way back."""
    subscription = sandbox.get("subscription", id)
    if subscription["billing_mode"]["type"] == "flexible":
        raise SandboxError("This subscription already has the `flexible` billing mode.")
    before = sandbox.snapshot(subscription)
    subscription["billing_mode"] = {
        "flexible": {"proration_discounts": "included"},
        "type": "flexible",
        "updated_at": sandbox.now(),
    }
    sandbox.update(subscription, before, "customer.subscription.updated")
    return subscription


def _blank(sandbox: Sandbox, customer: Object, params: Object) -> Object:
    now = sandbox.now()
    id = sandbox.new_id("sub")
    method = params.get("collection_method") or "charge_automatically"
    _check_collection(method, params)
    if params.get("default_payment_method"):
        subscription_changes.check_method(sandbox, params["default_payment_method"], customer["id"])
    mode = (params.get("billing_mode") or {}).get("type") or sandbox.settings.billing_mode
    return {
        "id": id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": now,
        "billing_cycle_anchor_config": None,
        "billing_mode": {
            "flexible": {"proration_discounts": "included"} if mode == "flexible" else None,
            "type": mode,
        },
        "billing_schedules": [],
        "billing_thresholds": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": method,
        "created": now,
        "currency": "usd",
        "customer": customer["id"],
        "customer_account": None,
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": params.get("default_payment_method"),
        "default_source": None,
        "default_tax_rates": [],
        "description": params.get("description"),
        "discounts": [],
        "ended_at": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/subscription_items?subscription={id}",
        },
        "latest_invoice": None,
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": (params.get("payment_settings") or {}).get(
                "save_default_payment_method", "off"
            ),
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": now,
        "status": "incomplete",
        "status_details": None,
        "test_clock": customer["test_clock"],
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": _trial_settings(params),
        "trial_start": None,
        "_": {"expires_at": now + sandbox.settings.incomplete_seconds},
    }


def _check_collection(method: str, params: Object) -> None:
    days = params.get("days_until_due")
    if method == "send_invoice" and days is None:
        raise SandboxError(
            "You must pass `days_until_due` when creating a subscription with "
            "`collection_method` set to `send_invoice`.",
            code="parameter_missing",
            param="days_until_due",
        )
    if method != "send_invoice" and days is not None:
        raise SandboxError(
            "You can only set `days_until_due` if the `collection_method` is `send_invoice`.",
            param="days_until_due",
        )


def _trial_settings(params: Object) -> Object:
    behaviour = (params.get("trial_settings") or {}).get("end_behavior") or {}
    missing = behaviour.get("missing_payment_method", "create_invoice")
    return {"end_behavior": {"missing_payment_method": missing}}


def _same_currency(customer: Object, currency: str) -> None:
    if customer["currency"] not in (None, currency):
        raise SandboxError(
            "You cannot combine currencies on a single customer. This customer has a "
            "subscription, discount, quote, or invoice item with currency "
            f"{customer['currency']}",
            param="currency",
        )


def _start(sandbox: Sandbox, subscription: Object, params: Object) -> None:
    """Set the anchor, the trial and every item's first period."""
    now = sandbox.now()
    trial_end = _trial_end(params, now)
    if trial_end is not None:
        subscription.update(
            trial_start=now, trial_end=trial_end, billing_cycle_anchor=trial_end, status="trialing"
        )
    elif params.get("billing_cycle_anchor") is not None:
        if params["billing_cycle_anchor"] < now:
            raise SandboxError(
                "billing_cycle_anchor cannot be in the past.", param="billing_cycle_anchor"
            )
        subscription["billing_cycle_anchor"] = params["billing_cycle_anchor"]
    anchor = subscription["billing_cycle_anchor"]
    for item in subscription["items"]["data"]:
        interval, count = items.interval_of(item)
        item["current_period_start"] = now
        if trial_end is not None:
            item["current_period_end"] = trial_end
        else:
            item["current_period_end"] = calendar.period_end(anchor, interval, count, now)


def _trial_end(params: Object, now: int) -> int | None:
    end, days = params.get("trial_end"), params.get("trial_period_days")
    if end is not None and days is not None:
        raise SandboxError(
            "You may only specify one of these parameters: trial_end, trial_period_days."
        )
    if days:
        return now + int(days) * DAY
    if end is None or end == "now":
        return None
    if end <= now:
        raise SandboxError(
            "Invalid timestamp: must be an integer Unix timestamp in the future.",
            param="trial_end",
        )
    return int(end)
