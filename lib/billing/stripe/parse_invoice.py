"""Invoices, the payments made towards them, and credit notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..domain.observations import State
from .fields import Fields, Raw, expanded
from .parse_discount import discount_parts
from .parse_payment import CHARGE, PAYMENT
from .reading import Context, Reader, Seen, belongs


def _read_invoice(fields: Fields, context: Context) -> Seen:
    gone = context.event_type == "invoice.deleted" or fields.flag("deleted")
    status = "deleted" if gone else _status(fields)
    due, paid = fields.whole("amount_due"), fields.whole("amount_paid")
    remaining = fields.whole("amount_remaining")
    if remaining is None and due is not None:
        remaining = due - (paid or 0)
    attempts = fields.whole("attempt_count") or 0
    attempted = fields.flag("attempted") if "attempted" in fields else attempts > 0
    collected = fields.word("collection_method") or fields.word("billing")
    reached = fields.inside("status_transitions")
    state: State = {
        "number": fields.word("number"),
        "subscription": _subscription(fields),
        "status": status,
        "currency": fields.currency("currency"),
        # Stripe's default; what is sent to be paid has a day until which to pay.
        "collection_method": collected
        or (None if "due_date" in fields else "charge_automatically"),
        "billing_reason": fields.word("billing_reason"),
        "total": fields.whole("total"),
        "tax": _tax(fields),
        "amount_due": due,
        "amount_paid": paid,
        "amount_remaining": remaining,
        "created": fields.moment("created") or fields.moment("date"),
        "due_date": fields.moment("due_date"),
        "finalized_at": reached.moment("finalized_at"),
        "paid_at": reached.moment("paid_at"),
        "voided_at": reached.moment("voided_at"),
        "uncollectible_at": reached.moment("marked_uncollectible_at"),
        "attempt_count": attempts,
        "attempted": attempted,
        # Never from the event's type: invoice.updated and invoice.payment_failed of one moment
        # show the same invoice and must be the same state.
        "payment_failed": status == "open" and attempted and attempts > 0 and (remaining or 0) > 0,
        "next_payment_attempt": fields.moment("next_payment_attempt"),
        "auto_advance": fields.flag("auto_advance")
        or (_flagged(fields) and not fields.flag("closed") and status in ("draft", "open")),
        "hosted_invoice_url": fields.text("hosted_invoice_url"),
        "invoice_pdf": fields.text("invoice_pdf"),
        "period_start": fields.moment("period_start"),
        "period_end": fields.moment("period_end"),
    }
    customer = fields.ident("customer")
    parent = belongs(customer, ("subscription", state["subscription"]))
    ended = gone or status == "void"
    return Seen("invoice", fields.own_id(), customer, state, parent, ended=ended)


def _status(fields: Fields) -> str | None:
    known = fields.word("status")
    if known is not None:
        return known
    if fields.flag("paid"):
        return "paid"
    if not _flagged(fields):
        return None
    if fields.flag("forgiven"):
        return "uncollectible"
    return "open" if fields.flag("attempted") or fields.flag("closed") else "draft"


def _flagged(fields: Fields) -> bool:
    """Up to 2018-11 flags stood where invoices now have a status."""
    return "closed" in fields and "status" not in fields


def _subscription(fields: Fields) -> str | None:
    details = fields.inside("parent").inside("subscription_details")
    return details.ident("subscription") or fields.ident("subscription")


def _tax(fields: Fields) -> int:
    """Tax in minor units; an invoice without tax says null, an empty list or nothing at all."""
    for key in ("total_taxes", "total_tax_amounts"):
        if fields.raw.get(key) is not None:
            return sum(tax.whole("amount") or 0 for tax in fields.children(key))
    return fields.whole("tax") or 0


def _modernise(after: Raw, changes: Raw) -> Raw:
    """Old-shape keys of ``changes`` written the way ``after`` has them."""
    result = dict(changes)
    if "tax" in changes and "total_taxes" not in changes and after.get("total_taxes") is not None:
        result["total_taxes"] = [{"amount": changes["tax"]}] if changes["tax"] else []
    if "subscription" in changes and type(after.get("parent")) is dict:
        details = {"subscription": changes["subscription"]}
        result.setdefault("parent", {"subscription_details": details})
    if changes.get("paid") is False and "status" not in changes and after.get("status") == "paid":
        result["status"] = "open"
    return result


def _invoice_parts(fields: Fields, context: Context) -> Iterator[Seen]:
    """Discounts and payments that stand in the invoice in full."""
    invoice, customer = fields.own_id(), fields.ident("customer")
    yield from discount_parts(fields, customer, context)
    for payment in fields.children("payments"):
        yield _of(customer, _read_invoice_payment(payment, context))
        for seen in _invoice_payment_parts(payment, context):
            yield _of(customer, seen)
    for seen in _attempts(fields, invoice, context):
        yield _of(customer, seen)


def _of(customer: str | None, seen: Seen) -> Seen:
    if seen.customer_id is not None or customer is None:
        return seen
    return replace(seen, customer_id=customer, parent=None)


def _read_invoice_payment(fields: Fields, context: Context) -> Seen:
    payment = fields.inside("payment")
    invoice = fields.ident("invoice")
    state: State = {
        "invoice": invoice,
        "payment": payment.ident("payment_intent")
        or payment.ident("charge")
        or payment.ident("payment_record"),
        "status": fields.word("status"),
        "amount_paid": fields.whole("amount_paid"),
        "currency": fields.currency("currency"),
        "paid_at": fields.inside("status_transitions").moment("paid_at"),
    }
    parent = belongs(None, ("invoice", invoice))
    return Seen("invoice_payment", fields.own_id(), None, state, parent)


def _invoice_payment_parts(fields: Fields, context: Context) -> Iterator[Seen]:
    invoice = fields.ident("invoice")
    if invoice is not None:
        yield from _attempts(fields.inside("payment"), invoice, context)


def _attempts(holder: Fields, invoice: str, context: Context) -> Iterator[Seen]:
    """The payment intent and the charge that stand in ``holder`` in full, as this invoice's."""
    inner = Context(context.second, context.org_key)
    for key, reader in (("payment_intent", PAYMENT), ("charge", CHARGE)):
        raw = expanded(holder.raw, key, reader.name)
        if raw is not None:
            seen = reader.read(Fields(raw, key.replace("_", " ")), inner)
            state = seen.state | {"invoice": seen.state["invoice"] or invoice}
            parent = belongs(seen.customer_id, ("invoice", invoice))
            yield replace(seen, state=state, parent=parent)


def _read_credit_note(fields: Fields, context: Context) -> Seen:
    customer, invoice = fields.ident("customer"), fields.ident("invoice")
    state: State = {
        "invoice": invoice,
        "number": fields.word("number"),
        "status": fields.word("status"),
        "amount": fields.whole("amount"),
        "currency": fields.currency("currency"),
        "reason": fields.word("reason"),
    }
    parent = belongs(customer, ("invoice", invoice))
    return Seen("credit_note", fields.own_id(), customer, state, parent)


INVOICE = Reader("invoice", _read_invoice, _invoice_parts, _modernise)
INVOICE_PAYMENT = Reader("invoice_payment", _read_invoice_payment, _invoice_payment_parts)
CREDIT_NOTE = Reader("credit_note", _read_credit_note)
