"""Pausing a subscription itself (status ``paused``) and resuming it."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import billing_run, calendar, invoices, paying
from lib.sandbox.billing.items import interval_of
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def pause(sandbox: Sandbox, id: str, params: Object) -> Object:
    """active, trialing, past_due → paused (flexible billing only, and without a schedule)."""
    subscription = sandbox.get("subscription", id)
    if subscription["billing_mode"]["type"] != "flexible":
        raise SandboxError(
            "Only subscriptions with `billing_mode` set to `flexible` can be paused."
        )
    if subscription["schedule"] is not None:
        raise SandboxError(
            "This subscription is managed by a subscription schedule and cannot be paused."
        )
    if subscription["status"] not in ("active", "trialing", "past_due"):
        raise SandboxError(f"A subscription with status {subscription['status']} cannot be paused.")
    stop(sandbox, subscription, "pause_requested")
    return subscription


def stop(sandbox: Sandbox, subscription: Object, why: str) -> None:
    """To paused, with customer.subscription.updated and .paused."""
    before = sandbox.snapshot(subscription)
    subscription["status"] = "paused"
    subscription["status_details"] = {
        "paused": {
            "subscription": {"type": why},
            "transitioned_at": sandbox.now(),
            "type": "subscription",
        }
    }
    sandbox.update(subscription, before, "customer.subscription.updated")
    sandbox.emit("customer.subscription.paused", subscription)


def resume(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Bill a new period from now on; active at once, or when its invoice has been paid.

    ``payment_behavior``: resume_on_payment_attempt (default) or resume_on_payment_success.
    """
    subscription = sandbox.get("subscription", id)
    if subscription["status"] != "paused":
        raise SandboxError("Only subscriptions with status `paused` can be resumed.")
    now = sandbox.now()
    before = sandbox.snapshot(subscription)
    anchor = (params.get("billing_cycle_anchor") or {}).get("type", "now")
    if anchor == "now":
        subscription["billing_cycle_anchor"] = now
    over = [
        item
        for item in subscription["items"]["data"]
        if anchor == "now" or item["current_period_end"] <= now
    ]
    for item in over:
        interval, count = interval_of(item)
        item["current_period_start"] = now
        item["current_period_end"] = calendar.period_end(
            subscription["billing_cycle_anchor"], interval, count, now
        )
    waits = params.get("payment_behavior") == "resume_on_payment_success"
    subscription["_"]["resuming"] = waits
    if not waits:
        _active(subscription)
    if over:
        billed = billing_run.lines_for(sandbox, subscription, over)
        billing_run.draft(sandbox, subscription, billed, "subscription_update")
    sandbox.update(subscription, before, "customer.subscription.updated")
    if not waits:
        sandbox.emit("customer.subscription.resumed", subscription)
    if over:
        _collect(sandbox, subscription)
    elif waits:
        resumed(sandbox, subscription)
    return subscription


def resumed(sandbox: Sandbox, subscription: Object) -> None:
    """paused → active, with customer.subscription.updated and .resumed."""
    before = sandbox.snapshot(subscription)
    _active(subscription)
    subscription["_"]["resuming"] = False
    sandbox.update(subscription, before, "customer.subscription.updated")
    sandbox.emit("customer.subscription.resumed", subscription)


def _active(subscription: Object) -> None:
    subscription["status"] = "active"
    subscription["status_details"] = None


def _collect(sandbox: Sandbox, subscription: Object) -> None:
    invoice = invoices.finalize(sandbox, subscription["latest_invoice"])
    if subscription["collection_method"] == "charge_automatically":
        paying.first_attempt(sandbox, invoice)
