"""How invoices move their subscription: past due, active again, ended, and how it ends."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import entitlements, invoices
from lib.sandbox.core import Sandbox

Object = dict[str, Any]

LIVE = frozenset({"active", "trialing", "past_due", "unpaid", "paused"})
OVER = frozenset({"canceled", "incomplete_expired"})


def set_status(sandbox: Sandbox, subscription: Object, status: str) -> None:
    before = sandbox.snapshot(subscription)
    subscription["status"] = status
    sandbox.update(subscription, before, "customer.subscription.updated")
    entitlements.refresh(sandbox, subscription["customer"])


def invoice_paid(sandbox: Sandbox, invoice: Object) -> None:
    """Paying the latest invoice makes a subscription active again; older ones do not."""
    subscription = sandbox.peek("subscription", invoices.subscription_of(invoice))
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return
    hidden = subscription["_"]
    if hidden.get("starting"):
        return
    if subscription["status"] in ("past_due", "unpaid", "incomplete"):
        set_status(sandbox, subscription, "active")
    elif subscription["status"] == "paused" and hidden.get("resuming"):
        from lib.sandbox.billing import pausing

        pausing.resumed(sandbox, subscription)


def keep_method(sandbox: Sandbox, invoice: Object, method_id: str) -> None:
    """With ``save_default_payment_method=on_subscription`` the card that paid is its default."""
    subscription = sandbox.peek("subscription", invoices.subscription_of(invoice))
    if subscription is None or subscription["default_payment_method"] is not None:
        return
    if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
        before = sandbox.snapshot(subscription)
        subscription["default_payment_method"] = method_id
        if subscription["_"].get("starting"):
            sandbox.put(subscription)
        else:
            sandbox.update(subscription, before, "customer.subscription.updated")


def invoice_failed(sandbox: Sandbox, invoice: Object, *, exhausted: bool) -> None:
    """Past due at the first failure; after the last retry the account's setting decides."""
    subscription = sandbox.peek("subscription", invoices.subscription_of(invoice))
    if subscription is None or subscription["_"].get("starting"):
        return
    if subscription["status"] in ("active", "trialing"):
        set_status(sandbox, subscription, "past_due")
    if not exhausted or subscription["status"] != "past_due":
        return
    if sandbox.settings.after_retries == "cancel":
        end(sandbox, subscription, reason="payment_failed")
    elif sandbox.settings.after_retries == "unpaid":
        set_status(sandbox, subscription, "unpaid")


def end(sandbox: Sandbox, subscription: Object, *, reason: str | None) -> None:
    """Canceled as of now; emits customer.subscription.deleted.

    Its unpaid invoices stay open, without automatic collection. ``canceled_at`` stays the time
    of an earlier request; ``reason`` is kept when one is recorded already.
    """
    now = sandbox.now()
    details = subscription["cancellation_details"]
    subscription.update(
        status="canceled",
        ended_at=now,
        canceled_at=subscription["canceled_at"] or now,
        cancellation_details={**details, "reason": details["reason"] or reason},
    )
    _drop_schedule(sandbox, subscription)
    for invoice in sandbox.find("invoice", link=subscription["id"]):
        if invoice["status"] in ("draft", "open") and invoice["auto_advance"]:
            invoices.stop_collection(sandbox, invoice)
    sandbox.put(subscription)
    sandbox.emit("customer.subscription.deleted", subscription)
    entitlements.refresh(sandbox, subscription["customer"])


def expire_incomplete(sandbox: Sandbox, subscription: Object, **also: Any) -> None:
    """Its first invoice was not paid in time, or nobody waits for it: terminal, the invoice void.

    ``also`` are further fields to set with it.
    """
    invoice = sandbox.peek("invoice", subscription["latest_invoice"])
    before = sandbox.snapshot(subscription)
    subscription.update(status="incomplete_expired", ended_at=sandbox.now(), **also)
    sandbox.update(subscription, before, "customer.subscription.updated")
    if invoice is not None and invoice["status"] == "open":
        invoices.void(sandbox, invoice["id"])


def _drop_schedule(sandbox: Sandbox, subscription: Object) -> None:
    from lib.sandbox.billing import schedules

    if subscription["schedule"] is not None:
        schedules.subscription_ended(sandbox, subscription["schedule"])
