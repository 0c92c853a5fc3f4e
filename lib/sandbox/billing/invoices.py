"""Invoices: drafted, finalised, voided, written off. Taking the money is in ``paying``."""

from __future__ import annotations

from hmac import compare_digest
from typing import Any

from lib.sandbox.billing import drafts, invoice_payments
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """A draft for the customer's pending invoice items (API: POST /v1/invoices)."""
    from lib.sandbox.billing import invoice_items

    customer = sandbox.get("customer", params["customer"], param="customer")
    take = params.get("pending_invoice_items_behavior") == "include"
    wanted = invoice_items.take_pending(sandbox, customer["id"]) if take else []
    method = params.get("collection_method") or "charge_automatically"
    invoice = drafts.draft(
        sandbox,
        customer=customer,
        currency=params.get("currency") or customer["currency"] or "usd",
        items=wanted,
        reason="manual",
        collection_method=method,
        days_until_due=params.get("days_until_due"),
        due_date=params.get("due_date"),
        auto_advance=params.get("auto_advance", False),
        metadata=merge_metadata({}, params.get("metadata", {})),
        description=params.get("description"),
        default_payment_method=params.get("default_payment_method"),
    )
    invoice_items.invoiced(sandbox, wanted, invoice["id"])
    return invoice


def finalize(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """draft → open, or paid when nothing is due; emits invoice.finalized."""
    from lib.sandbox.billing import paying

    invoice = sandbox.get("invoice", id)
    if invoice["status"] != "draft":
        raise SandboxError(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_not_editable",
        )
    if params and "auto_advance" in params:
        invoice["auto_advance"] = params["auto_advance"]
    now = sandbox.now()
    _settle_balance(sandbox, invoice)
    invoice.update(
        status="open",
        automatically_finalizes_at=None,
        effective_at=now,
        number=_number(sandbox, invoice),
        next_payment_attempt=None,
        hosted_invoice_url=_hosted_url(sandbox, invoice),
        webhooks_delivered_at=now,
    )
    invoice["invoice_pdf"] = f"{invoice['hosted_invoice_url']}/pdf"
    invoice["status_transitions"]["finalized_at"] = now
    if invoice["amount_due"] > 0:
        invoice_payments.request(sandbox, invoice)
        if invoice["collection_method"] == "charge_automatically" and invoice["auto_advance"]:
            invoice["next_payment_attempt"] = now
    sandbox.put(invoice)
    sandbox.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        paying.mark_paid(sandbox, invoice)
    return invoice


def send(sandbox: Sandbox, id: str) -> Object:
    """Finalise a draft and emit invoice.sent."""
    invoice = sandbox.get("invoice", id)
    if invoice["status"] == "draft":
        invoice = finalize(sandbox, id)
    if invoice["status"] not in ("open", "paid"):
        raise SandboxError(f"Invoices with status {invoice['status']} can not be sent.")
    sandbox.emit("invoice.sent", invoice)
    return invoice


def void(sandbox: Sandbox, id: str) -> Object:
    """Treat it as zero-value from now on."""
    invoice = _unpaid(sandbox, id, "void")
    before = sandbox.snapshot(invoice)
    invoice.update(status="void", next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = sandbox.now()
    invoice_payments.cancel_open(sandbox, invoice, "void_invoice")
    sandbox.put(invoice)
    sandbox.emit("invoice.updated", invoice, sandbox.snapshot_diff(before, invoice))
    sandbox.emit("invoice.voided", invoice)
    return invoice


def mark_uncollectible(sandbox: Sandbox, id: str, reason: str = "user_forgiven") -> Object:
    """Write it off; it can still be paid."""
    invoice = _unpaid(sandbox, id, "mark as uncollectible")
    before = sandbox.snapshot(invoice)
    invoice.update(
        status="uncollectible",
        next_payment_attempt=None,
        auto_advance=False,
        status_details={"uncollectible": {"reason": reason}},
    )
    invoice["status_transitions"]["marked_uncollectible_at"] = sandbox.now()
    sandbox.put(invoice)
    sandbox.emit("invoice.updated", invoice, sandbox.snapshot_diff(before, invoice))
    sandbox.emit("invoice.marked_uncollectible", invoice)
    return invoice


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Metadata and description always; the rest while it is a draft."""
    invoice = sandbox.get("invoice", id)
    before = sandbox.snapshot(invoice)
    for name in ("auto_advance", "default_payment_method", "description", "due_date", "footer"):
        if name in params:
            invoice[name] = params[name]
    if "metadata" in params:
        invoice["metadata"] = merge_metadata(invoice["metadata"] or {}, params["metadata"])
    if "auto_advance" in params:
        waits = invoice["status"] == "draft" and params["auto_advance"]
        invoice["automatically_finalizes_at"] = (
            sandbox.now() + sandbox.settings.draft_seconds if waits else None
        )
        if not params["auto_advance"]:
            invoice["next_payment_attempt"] = None
    sandbox.update(invoice, before, "invoice.updated")
    return invoice


def delete(sandbox: Sandbox, id: str) -> Object:
    """Only a one-off draft can go."""
    invoice = sandbox.get("invoice", id)
    if invoice["status"] != "draft" or invoice["parent"] is not None:
        raise SandboxError("You can only delete draft invoices that no subscription made.")
    sandbox.delete(invoice)
    sandbox.emit("invoice.deleted", invoice)
    return {"id": id, "object": "invoice", "deleted": True}


def subscription_of(invoice: Object) -> str | None:
    """The id of the subscription that the invoice bills."""
    link: str | None = invoice["_"]["link"]
    return link


def stop_collection(sandbox: Sandbox, invoice: Object) -> None:
    """No automatic progress any more, as when its subscription ends; it stays open."""
    before = sandbox.snapshot(invoice)
    invoice.update(auto_advance=False, next_payment_attempt=None, automatically_finalizes_at=None)
    sandbox.update(invoice, before, "invoice.updated")


def _unpaid(sandbox: Sandbox, id: str, verb: str) -> Object:
    invoice = sandbox.get("invoice", id)
    allowed = ("open", "uncollectible") if verb == "void" else ("open",)
    if invoice["status"] not in allowed:
        raise SandboxError(
            f"You can only pass in open invoices. This invoice isn't open: you cannot {verb} an "
            f"invoice with status {invoice['status']}.",
            code="invoice_not_editable",
        )
    return invoice


def _settle_balance(sandbox: Sandbox, invoice: Object) -> None:
    """A credit balance pays first; a negative total becomes credit, as on Stripe."""
    customer = sandbox.peek("customer", invoice["customer"])
    if customer is None:
        return
    invoice["starting_balance"] = customer["balance"]
    drafts.total(invoice)
    if invoice["total"] < 0:
        ending = customer["balance"] + invoice["total"]
    else:
        ending = customer["balance"] + (invoice["total"] - invoice["amount_due"])
    invoice["ending_balance"] = ending
    if ending != customer["balance"]:
        before = sandbox.snapshot(customer)
        customer["balance"] = ending
        sandbox.update(customer, before, "customer.updated")


def _number(sandbox: Sandbox, invoice: Object) -> str:
    customer = sandbox.peek("customer", invoice["customer"])
    if customer is None:
        return f"{invoice['id'][-8:].upper()}-0001"
    sequence = customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = sequence + 1
    sandbox.put(customer)
    return f"{customer['invoice_prefix']}-{sequence:04d}"


def _hosted_url(sandbox: Sandbox, invoice: Object) -> str:
    token = invoice["id"].removeprefix("in_") + sandbox.ids.token(18)
    invoice["_"]["token"] = token
    return f"{sandbox.settings.public_url}/i/{sandbox.settings.account}/{token}"


def by_token(sandbox: Sandbox, token: str) -> Object | None:
    """The invoice whose hosted page has this token (it starts with the invoice's id)."""
    found = sandbox.peek("invoice", f"in_{token[:24]}")
    if found is None or not compare_digest(found["_"].get("token") or "", token):
        return None
    return found


def pay(sandbox: Sandbox, id: str, params: Object | None = None) -> Object:
    """See ``paying.pay``: one attempt now, or marked as paid out of band."""
    from lib.sandbox.billing import paying

    return paying.pay(sandbox, id, params)


def create_preview(sandbox: Sandbox, params: Object) -> Object:
    """See ``preview.create``: the invoice that a change, or the next renewal, would make."""
    from lib.sandbox.billing import preview

    return preview.create(sandbox, params)
