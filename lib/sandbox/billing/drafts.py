"""Draft invoices: their shape, their discounts and their totals."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import lines
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.settings import DAY

Object = dict[str, Any]

MOST_AMOUNT = 999_999_999_999


def draft(
    sandbox: Sandbox,
    *,
    customer: Object,
    currency: str,
    items: list[Object],
    reason: str,
    subscription: Object | None = None,
    period: tuple[int, int] | None = None,
    collection_method: str = "charge_automatically",
    days_until_due: int | None = None,
    due_date: int | None = None,
    auto_advance: bool = True,
    metadata: Object | None = None,
    description: str | None = None,
    default_payment_method: str | None = None,
    discount_ids: list[str] | None = None,
    proration_date: int | None = None,
    preview: bool = False,
) -> Object:
    """A draft of ``items`` (lines); emits invoice.created. A preview is neither kept nor told."""
    now = sandbox.now()
    shared = discount_ids or []
    id = sandbox.new_id("upcoming_in" if preview else "in")
    totals = lines.discount(sandbox, items, shared)
    for line in items:
        line["invoice"] = id
    if due_date is None and collection_method == "send_invoice":
        due_date = now + (days_until_due if days_until_due is not None else 30) * DAY
    invoice: Object = {
        "id": id,
        "object": "invoice",
        "account_country": sandbox.settings.account_country,
        "account_name": sandbox.settings.account_name,
        "account_tax_ids": None,
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_paid_off_stripe": 0,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": auto_advance,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": now + sandbox.settings.draft_seconds
        if auto_advance
        else None,
        "billing_reason": reason,
        "collection_method": collection_method,
        "created": now,
        "currency": currency,
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "default_payment_method": default_payment_method,
        "default_source": None,
        "default_tax_rates": [],
        "description": description,
        "discounts": list(shared),
        "due_date": due_date,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": {
            "object": "list",
            "data": items,
            "has_more": False,
            "url": f"/v1/invoices/{id}/lines",
        },
        "livemode": False,
        "metadata": metadata or {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": _parent(subscription, proration_date),
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": period[1] if period else now,
        "period_start": period[0] if period else now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": customer["balance"],
        "statement_descriptor": None,
        "status": "draft",
        "status_details": None,
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": 0,
        "subtotal_excluding_tax": 0,
        "test_clock": customer["test_clock"],
        "total": 0,
        "total_discount_amounts": totals,
        "total_excluding_tax": 0,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": None,
        "_": {"link": subscription["id"] if subscription else None},
    }
    if collection_method == "charge_automatically" and auto_advance:
        invoice["next_payment_attempt"] = now + sandbox.settings.draft_seconds
    total(invoice)
    if not preview:
        sandbox.put(invoice)
        sandbox.emit("invoice.created", invoice)
    return invoice


def total(invoice: Object) -> None:
    """Add the lines up. The customer's balance is applied when the invoice is finalised."""
    subtotal = sum(line["amount"] for line in invoice["lines"]["data"])
    off = sum(entry["amount"] for entry in invoice["total_discount_amounts"])
    whole = subtotal - off
    if abs(whole) > MOST_AMOUNT:
        raise SandboxError(
            f"The invoice amounts to {whole}: it can be no more than {MOST_AMOUNT}.",
            code="amount_too_large",
        )
    invoice.update(
        subtotal=subtotal, subtotal_excluding_tax=subtotal, total=whole, total_excluding_tax=whole
    )
    due = max(0, whole + (invoice["starting_balance"] if whole > 0 else 0))
    invoice.update(amount_due=due, amount_remaining=due)


def _parent(subscription: Object | None, proration_date: int | None) -> Object | None:
    if subscription is None:
        return None
    details: Object = {
        "metadata": dict(subscription["metadata"]),
        "subscription": subscription["id"],
    }
    if proration_date is not None:
        details["subscription_proration_date"] = proration_date
    return {
        "quote_details": None,
        "subscription_details": details,
        "type": "subscription_details",
    }
