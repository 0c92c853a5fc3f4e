"""Collecting an invoice: attempts, retries, and what success or failure does elsewhere."""

from __future__ import annotations

from typing import Any

from lib.sandbox import due
from lib.sandbox.billing import charging, customers, invoice_payments, invoices, payments
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]

NEVER_RETRIED = frozenset(
    {
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "stolen_card",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "authentication_required",
        "highest_risk_level",
        "transaction_not_allowed",
    }
)
"""Declines after which Stripe schedules retries but charges only a new payment method."""


def pay(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """One attempt now; a decline leaves the invoice open with its reason on the payment intent.

    ``params``: ``payment_method`` (else the default one; a new one is attached to the customer
    when it has paid), ``paid_out_of_band``. Raises SandboxError when the invoice can not be
    paid or there is no method to charge.
    """
    params = params or {}
    invoice = sandbox.get("invoice", id)
    if invoice["status"] == "draft":
        invoice = invoices.finalize(sandbox, id)
        if invoice["status"] == "paid":
            return invoice
    if invoice["status"] not in ("open", "uncollectible"):
        raise _unpayable(invoice["status"])
    if params.get("paid_out_of_band"):
        return _out_of_band(sandbox, invoice)
    method_id = params.get("payment_method") or method_for(sandbox, invoice)
    if method_id is None:
        raise SandboxError(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a "
            "default payment method or provide one.",
            code="resource_missing",
            param="payment_method",
        )
    method = payments.resolve(sandbox, method_id)
    if method["customer"] not in (None, invoice["customer"]):
        raise SandboxError(
            "The payment method does not belong to the invoice's customer.",
            param="payment_method",
        )
    paid = _attempt(sandbox, invoice, method, automatic=False)
    if paid and method["customer"] is None:
        payments.attach(sandbox, method["id"], invoice["customer"])
    return invoice


def decline_of(sandbox: Sandbox, invoice: Object) -> Object | None:
    """``last_payment_error`` of the invoice's payment intent."""
    intent = intent_of(sandbox, invoice)
    error: Object | None = intent["last_payment_error"] if intent else None
    return error


def intent_of(sandbox: Sandbox, invoice: Object) -> Object | None:
    """The payment intent that the invoice is to be paid with, or was."""
    payment = default_payment(sandbox, invoice)
    return (
        None
        if payment is None
        else sandbox.peek("payment_intent", payment["payment"].get("payment_intent"))
    )


def default_payment(sandbox: Sandbox, invoice: Object) -> Object | None:
    found = sandbox.find("invoice_payment", link=invoice["id"], is_default=True, limit=1)
    return found[0] if found else None


def method_for(sandbox: Sandbox, invoice: Object) -> str | None:
    """The card to charge: the invoice's, its subscription's, else the customer's default."""
    subscription = sandbox.peek("subscription", invoices.subscription_of(invoice))
    found: str | None = (
        invoice["default_payment_method"]
        or (subscription and subscription["default_payment_method"])
        or customers.default_payment_method(sandbox, invoice["customer"])
    )
    return found


def first_attempt(sandbox: Sandbox, invoice: Object) -> bool:
    """Charge the default method at once, as when a subscription starts; True when paid."""
    if invoice["status"] == "paid":
        return True
    method_id = method_for(sandbox, invoice)
    if method_id is None:
        return False
    return _attempt(sandbox, invoice, sandbox.get("payment_method", method_id), automatic=True)


def collect(sandbox: Sandbox, invoice: Object) -> None:
    """An automatic attempt: the first after finalisation, or a scheduled retry."""
    method_id = method_for(sandbox, invoice)
    method = sandbox.peek("payment_method", method_id)
    error = decline_of(sandbox, invoice)
    hopeless = (
        error is not None
        and error.get("decline_code") in NEVER_RETRIED
        and error["payment_method"]["id"] == method_id
    )
    if method is None or hopeless:
        _failed(sandbox, invoice, automatic=True)
    else:
        _attempt(sandbox, invoice, method, automatic=True)


def mark_paid(sandbox: Sandbox, invoice: Object) -> None:
    """open → paid, with invoice.paid, and the subscription back in good standing."""
    from lib.sandbox.billing import standing

    invoice.update(
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        next_payment_attempt=None,
        status_details=None,
    )
    invoice["auto_advance"] = False
    invoice["status_transitions"]["paid_at"] = sandbox.now()
    sandbox.put(invoice)
    sandbox.emit("invoice.paid", invoice)
    sandbox.emit("invoice.payment_succeeded", invoice)
    customers.set_delinquent(sandbox, invoice["customer"], False)
    standing.invoice_paid(sandbox, invoice)


def _attempt(sandbox: Sandbox, invoice: Object, method: Object, *, automatic: bool) -> bool:
    from lib.sandbox.billing import standing

    intent = intent_of(sandbox, invoice)
    if intent is None:
        raise SandboxError("This invoice has no payment to attempt.")
    before = sandbox.snapshot(invoice) if invoice["attempt_count"] else None
    if not charging.confirm(sandbox, intent, method):
        _failed(sandbox, invoice, automatic=automatic)
        return False
    payment = default_payment(sandbox, invoice)
    if payment is not None:
        payment.update(status="paid", amount_paid=intent["amount"])
        payment["status_transitions"]["paid_at"] = sandbox.now()
        sandbox.put(payment)
        sandbox.emit("invoice_payment.paid", payment)
    _count(invoice, automatic=automatic)
    standing.keep_method(sandbox, invoice, method["id"])
    mark_paid(sandbox, invoice)
    if before is not None:
        sandbox.emit("invoice.updated", invoice, sandbox.snapshot_diff(before, invoice))
    return True


def _failed(sandbox: Sandbox, invoice: Object, *, automatic: bool) -> None:
    from lib.sandbox.billing import standing

    before = sandbox.snapshot(invoice)
    _count(invoice, automatic=automatic)
    invoice["attempted"] = True
    exhausted = False
    if automatic and invoice["billing_reason"] != "subscription_create":
        hidden = invoice["_"]
        number = hidden["retries"] = hidden.get("retries", 0) + 1
        waits = sandbox.settings.retry_after
        exhausted = number > len(waits)
        invoice["next_payment_attempt"] = None if exhausted else sandbox.now() + waits[number - 1]
    elif automatic:
        invoice["next_payment_attempt"] = None
    sandbox.put(invoice)
    sandbox.emit("invoice.payment_failed", invoice)
    error = decline_of(sandbox, invoice)
    if error is not None and error["code"] == "authentication_required":
        sandbox.emit("invoice.payment_action_required", invoice)
    if changed := sandbox.snapshot_diff(before, invoice):
        sandbox.emit("invoice.updated", invoice, changed)
    customers.set_delinquent(sandbox, invoice["customer"], True)
    standing.invoice_failed(sandbox, invoice, exhausted=exhausted)


def _count(invoice: Object, *, automatic: bool) -> None:
    """Any attempt is the first; afterwards only automatic ones count."""
    if automatic or invoice["attempt_count"] == 0:
        invoice["attempt_count"] += 1


def _unpayable(status: str) -> SandboxError:
    if status == "paid":
        return SandboxError("Invoice is already paid", code="invoice_already_paid")
    return SandboxError(
        f"This invoice can't be paid because it is {status}.", code="invoice_not_editable"
    )


def _out_of_band(sandbox: Sandbox, invoice: Object) -> Object:
    """Paid by cash or transfer: the merchant says so."""
    intent = intent_of(sandbox, invoice)
    if intent is not None:
        invoice_payments.cancel_open(sandbox, invoice, "void_invoice")
    mark_paid(sandbox, invoice)
    return invoice


def _due_at(invoice: Object) -> int | None:
    if invoice["status"] == "draft":
        at: int | None = invoice["automatically_finalizes_at"] if invoice["auto_advance"] else None
        return at
    if invoice["collection_method"] == "charge_automatically":
        retry: int | None = invoice["next_payment_attempt"] if invoice["auto_advance"] else None
        return retry
    if invoice["due_date"] is None or invoice["_"].get("overdue"):
        return None
    due_date: int = invoice["due_date"]
    return due_date


def _act(sandbox: Sandbox, invoice: Object) -> None:
    from lib.sandbox.billing import standing

    if invoice["status"] == "draft":
        invoices.finalize(sandbox, invoice["id"])
        if invoice["status"] != "open":
            return
        if invoice["collection_method"] == "charge_automatically":
            collect(sandbox, invoice)
        else:
            sandbox.emit("invoice.sent", invoice)
    elif invoice["collection_method"] == "charge_automatically":
        collect(sandbox, invoice)
    else:
        invoice["_"]["overdue"] = True
        sandbox.put(invoice)
        sandbox.emit("invoice.overdue", invoice)
        standing.invoice_failed(sandbox, invoice, exhausted=False)


due.register("invoice", _due_at, _act, {"draft", "open"})
