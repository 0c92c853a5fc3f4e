"""Changing and ending subscriptions: items with proration, collection, trial, cancellation."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import (
    billing_run,
    calendar,
    discounts,
    entitlements,
    invoices,
    items,
    paying,
    proration,
    renewals,
    standing,
)
from lib.sandbox.billing.subscription_ends import ending
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]

PLAIN = ("collection_method", "days_until_due", "description")
HARMLESS = frozenset({"cancellation_details", "metadata"})


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Change what ``params`` names; one customer.subscription.updated with all of it.

    Raises SandboxError: 400 for what Stripe refuses, 402 when a payment that the change needs
    fails under ``payment_behavior=error_if_incomplete``.
    """
    subscription = sandbox.get("subscription", id)
    _check_open(subscription, params)
    before = sandbox.snapshot(subscription)
    _set_plain(sandbox, subscription, params)
    plan = plan_change(sandbox, subscription, params)
    keep_trial = _set_trial(sandbox, subscription, params)
    if plan.items is not None:
        subscription["items"]["data"] = plan.items
    if plan.anchor is not None:
        subscription["billing_cycle_anchor"] = plan.anchor
    subscription.update(ending(sandbox, subscription, params))
    if "discounts" in params:
        subscription["discounts"] = discounts.apply(
            sandbox,
            params["discounts"],
            subscription["discounts"],
            customer=subscription["customer"],
            subscription=id,
        )
    discounts.check_currency(sandbox, subscription)
    _follow_boolean(subscription)
    renewals.note_discounts(sandbox, subscription)
    billing_run.keep_prorations(sandbox, subscription, plan.prorations)
    invoice = _bill_now(sandbox, subscription, plan, trial_ended=keep_trial is False)
    sandbox.update(subscription, before, "customer.subscription.updated")
    entitlements.refresh(sandbox, subscription["customer"])
    if invoice is not None:
        _collect(sandbox, invoice, params)
    return subscription


class Plan:
    """What a change of items or anchor leads to, before anything is written."""

    def __init__(self) -> None:
        self.items: list[Object] | None = None
        self.anchor: int | None = None
        self.prorations: list[proration.Proration] = []
        self.renewed: list[Object] = []
        """Items whose new period starts now and is billed in full."""
        self.invoice_now = False
        self.date: int | None = None


def plan_change(sandbox: Sandbox, subscription: Object, params: Object) -> Plan:
    """The items, anchor and prorations after ``params``; the subscription is not touched."""
    plan = Plan()
    reset = (params.get("billing_cycle_anchor") or {}).get("type") == "now"
    if not params.get("items") and not reset:
        return plan
    now = sandbox.now()
    behaviour = params.get("proration_behavior") or "create_prorations"
    plan.date = params.get("proration_date") or now
    plan.items = items.change(sandbox, subscription, params.get("items") or [])
    trialing = subscription["status"] == "trialing"
    restart = [i for i in plan.items if not i["current_period_end"] and i["current_period_start"]]
    if trialing:
        for item in plan.items:
            item["current_period_start"] = subscription["trial_start"]
            item["current_period_end"] = subscription["trial_end"]
        return plan
    if reset or restart:
        plan.anchor = now
        chosen = plan.items if reset or _single_rhythm(plan.items) else restart
        for item in chosen:
            item["current_period_end"] = 0
    _give_periods(subscription, plan, now)
    if behaviour != "none":
        probe = [
            {**item, "current_period_end": 0} if item in plan.renewed else item
            for item in plan.items
        ]
        plan.prorations = proration.of_change(sandbox, subscription, probe, plan.date)
    plan.invoice_now = bool(plan.renewed) or (
        behaviour == "always_invoice" and bool(plan.prorations)
    )
    return plan


def cancel(sandbox: Sandbox, id: str, params: Object) -> Object:
    """End it now (API: DELETE): ``prorate`` credits what is left, ``invoice_now`` bills that.

    One that never began is not canceled but expires, and its invoice is void.
    """
    subscription = sandbox.get("subscription", id)
    if subscription["status"] in standing.OVER:
        raise SandboxError.missing_resource("subscription", id)
    details = ending(
        sandbox,
        subscription,
        {"cancellation_details": params.get("cancellation_details") or {}},
    )["cancellation_details"]
    if subscription["status"] == "incomplete":
        standing.expire_incomplete(
            sandbox,
            subscription,
            canceled_at=sandbox.now(),
            cancellation_details={**details, "reason": "cancellation_requested"},
        )
        return subscription
    subscription["cancellation_details"] = details
    if params.get("prorate"):
        credits = proration.of_end(sandbox, subscription, sandbox.now())
        billing_run.keep_prorations(sandbox, subscription, credits)
    if params.get("invoice_now"):
        invoice = billing_run.draft(sandbox, subscription, [], "subscription_update")
        sandbox.put(subscription)
        invoices.finalize(sandbox, invoice["id"])
        if invoice["status"] == "open":
            paying.first_attempt(sandbox, invoice)
    standing.end(sandbox, subscription, reason="cancellation_requested")
    return subscription


def check_method(sandbox: Sandbox, id: str, customer: str) -> None:
    """Raises SandboxError unless the payment method is the customer's."""
    param = "default_payment_method"
    method = sandbox.get("payment_method", id, param=param)
    if method["customer"] != customer:
        raise SandboxError(
            f"The customer does not have a payment method with the ID {id}. The payment method "
            "must be attached to the customer.",
            code="resource_missing",
            param=param,
        )


def _check_open(subscription: Object, params: Object) -> None:
    if subscription["status"] in standing.OVER and set(params) - HARMLESS:
        raise SandboxError(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if subscription["schedule"] is not None and (params.get("items") or "discounts" in params):
        raise SandboxError(
            "The subscription is managed by the subscription schedule "
            f"`{subscription['schedule']}`, and updating its items directly is not allowed. "
            "Please update the schedule instead."
        )


def _set_plain(sandbox: Sandbox, subscription: Object, params: Object) -> None:
    for name in PLAIN:
        if name in params:
            subscription[name] = params[name]
    if "default_payment_method" in params:
        if params["default_payment_method"] is not None:
            check_method(sandbox, params["default_payment_method"], subscription["customer"])
        subscription["default_payment_method"] = params["default_payment_method"]
    if "metadata" in params:
        subscription["metadata"] = merge_metadata(subscription["metadata"], params["metadata"])
    if "pause_collection" in params:
        pause = params["pause_collection"]
        if pause and pause.get("resumes_at") is not None and pause["resumes_at"] <= sandbox.now():
            raise SandboxError(
                "The `resumes_at` timestamp must be in the future.",
                param="pause_collection[resumes_at]",
            )
        subscription["pause_collection"] = pause and {
            "behavior": pause["behavior"],
            "resumes_at": pause.get("resumes_at"),
        }
    settings = params.get("payment_settings") or {}
    if "save_default_payment_method" in settings:
        subscription["payment_settings"] = {**subscription["payment_settings"], **settings}
    if params.get("trial_settings"):
        subscription["trial_settings"] = params["trial_settings"]


def _set_trial(sandbox: Sandbox, subscription: Object, params: Object) -> bool | None:
    """True when a trial was set or moved, False when it was ended now, None otherwise."""
    end = params.get("trial_end")
    if end is None:
        return None
    now = sandbox.now()
    if end == "now":
        if subscription["status"] != "trialing":
            return None
        subscription.update(trial_end=now, status="active", billing_cycle_anchor=now)
        for item in subscription["items"]["data"]:
            item["current_period_end"] = 0
        return False
    if end <= now:
        raise SandboxError(
            "Invalid timestamp: must be an integer Unix timestamp in the future.",
            param="trial_end",
        )
    subscription.update(
        trial_start=subscription["trial_start"] or now,
        trial_end=end,
        status="trialing",
        billing_cycle_anchor=end,
    )
    subscription["_"]["noticed"] = False
    for item in subscription["items"]["data"]:
        item.update(current_period_start=subscription["trial_start"], current_period_end=end)
    return True


def _give_periods(subscription: Object, plan: Plan, now: int) -> None:
    """New and restarted items get their first period; restarted ones are billed in full."""
    anchor = subscription["billing_cycle_anchor"] if plan.anchor is None else plan.anchor
    for item in plan.items or []:
        if item["current_period_end"]:
            continue
        interval, count = items.interval_of(item)
        added = not item["current_period_start"]
        end = calendar.period_end(anchor, interval, count, now)
        if added and plan.anchor is None:
            item["current_period_start"] = calendar.period_start(anchor, interval, count, end)
            item["current_period_end"] = end
        else:
            item.update(current_period_start=now, current_period_end=end)
            plan.renewed.append(item)


def _single_rhythm(found: list[Object]) -> bool:
    return len({items.interval_of(item) for item in found}) == 1


def _follow_boolean(subscription: Object) -> None:
    if subscription["cancel_at_period_end"] and subscription["cancel_at"] is not None:
        subscription["cancel_at"] = renewals.period_end_of(subscription)


def _bill_now(
    sandbox: Sandbox, subscription: Object, plan: Plan, *, trial_ended: bool
) -> Object | None:
    renewed = plan.renewed
    now = sandbox.now()
    if trial_ended:
        renewed = subscription["items"]["data"]
        for item in renewed:
            interval, count = items.interval_of(item)
            item["current_period_start"] = now
            item["current_period_end"] = calendar.period_end(now, interval, count, now)
    if not (plan.invoice_now or trial_ended):
        return None
    billed = billing_run.lines_for(sandbox, subscription, renewed)
    return billing_run.draft(
        sandbox,
        subscription,
        billed,
        "subscription_update",
        proration_date=plan.date if plan.prorations else None,
    )


def _collect(sandbox: Sandbox, invoice: Object, params: Object) -> None:
    """The invoice of a change is finalised and charged at once."""
    if invoice["status"] != "draft" or not invoice["auto_advance"]:
        return
    invoices.finalize(sandbox, invoice["id"])
    if invoice["status"] != "open":
        return
    if invoice["collection_method"] == "send_invoice":
        sandbox.emit("invoice.sent", invoice)
        return
    paying.collect(sandbox, invoice)
    if invoice["status"] == "open" and params.get("payment_behavior") == "error_if_incomplete":
        error = paying.decline_of(sandbox, invoice)
        raise SandboxError.card_declined(
            error or {"message": "This customer has no payment method to charge."}
        )
