"""The first invoice of a subscription, and with it the subscription's first status."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import billing_run, calendar, invoices, items, paying, setup_intents
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def bill(sandbox: Sandbox, subscription: Object, params: Object) -> None:
    """The first invoice, and with it the subscription's first status."""
    trial = subscription["status"] == "trialing"
    now = sandbox.now()
    behaviour = params.get("payment_behavior") or "allow_incomplete"
    sends = subscription["collection_method"] == "send_invoice"
    if not trial and sends:
        subscription["status"] = "active"
    billed = billing_run.lines_for(
        sandbox, subscription, subscription["items"]["data"], trial=trial
    )
    if not trial and subscription["billing_cycle_anchor"] > now:
        _prorate_first(sandbox, subscription, billed, params)
    invoice = billing_run.draft(
        sandbox, subscription, billed, "subscription_create", period=(now, now)
    )
    if sends and not trial:
        return
    invoice = invoices.finalize(sandbox, invoice["id"], {"auto_advance": True})
    invoice["next_payment_attempt"] = None
    if trial:
        _want_method(sandbox, subscription, invoice)
        return
    if invoice["status"] == "paid":
        subscription["status"] = "active"
        return
    sandbox.put(invoice)
    if behaviour != "default_incomplete":
        _charge_first(sandbox, subscription, invoice, behaviour)


def _charge_first(sandbox: Sandbox, subscription: Object, invoice: Object, behaviour: str) -> None:
    if paying.method_for(sandbox, invoice) is None:
        raise SandboxError(
            "This customer has no attached payment source or default payment method. Please "
            "consider adding a default payment method. For more information, visit "
            "https://stripe.com/docs/billing/subscriptions/payment-methods-setting"
            "#payment-method-priority.",
            code="resource_missing",
        )
    if paying.first_attempt(sandbox, invoice):
        subscription["status"] = "active"
        return
    if behaviour == "error_if_incomplete":
        error = paying.decline_of(sandbox, invoice)
        raise SandboxError.card_declined(error or {"message": "Your card was declined."})


def _prorate_first(
    sandbox: Sandbox, subscription: Object, billed: list[Object], params: Object
) -> None:
    """A first period cut short by ``billing_cycle_anchor`` costs its share, or nothing."""
    free = params.get("proration_behavior") == "none"
    by_id = {item["id"]: item for item in subscription["items"]["data"]}
    for line in billed:
        item = by_id[line["parent"]["subscription_item_details"]["subscription_item"]]
        interval, count = items.interval_of(item)
        end = item["current_period_end"]
        whole = end - calendar.period_start(
            subscription["billing_cycle_anchor"], interval, count, end
        )
        part = end - item["current_period_start"]
        amount = 0 if free else (2 * line["amount"] * part + whole) // (2 * whole)
        line.update(amount=amount, subtotal=amount)


def _want_method(sandbox: Sandbox, subscription: Object, invoice: Object) -> None:
    """A trial without a card gets a setup intent to collect one."""
    if paying.method_for(sandbox, invoice) is None:
        intent = setup_intents.create(
            sandbox, {"customer": subscription["customer"], "usage": "off_session"}
        )
        subscription["pending_setup_intent"] = intent["id"]
