"""Credit notes: an issued invoice corrected downwards."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import charging, paying, refunds
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """``amount`` (or ``lines``) off an open or paid ``invoice``.

    On an open invoice it lowers what remains to be paid; on a paid one it is refunded
    (``refund_amount``), credited to the balance (``credit_amount``) or settled outside
    (``out_of_band_amount``); without any of these, credited to the balance.
    """
    invoice = sandbox.get("invoice", params["invoice"], param="invoice")
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise SandboxError(
            "Credit notes can only be created for open, paid or uncollectible invoices.",
            param="invoice",
        )
    made = _lines(sandbox, invoice, params)
    amount = sum(line["amount"] for line in made)
    paid = invoice["status"] == "paid"
    left = invoice["total"] - _credited(invoice) if paid else invoice["amount_remaining"]
    if not 0 < amount <= left:
        raise SandboxError(
            f"The sum of credit amounts ({amount}) can't exceed what can be credited ({left}).",
            param="amount",
        )
    number = len(sandbox.find("credit_note", link=invoice["id"])) + 1
    now = sandbox.now()
    id = sandbox.new_id("cn")
    note: Object = {
        "id": id,
        "object": "credit_note",
        "amount": amount,
        "amount_shipping": 0,
        "created": now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": now,
        "invoice": invoice["id"],
        "lines": {
            "object": "list",
            "data": made,
            "has_more": False,
            "url": f"/v1/credit_notes/{id}/lines",
        },
        "livemode": False,
        "memo": params.get("memo"),
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "number": f"{invoice['number']}-CN-{number:02d}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": f"{invoice['invoice_pdf']}?credit_note={id}",
        "post_payment_amount": amount if paid else 0,
        "pre_payment_amount": 0 if paid else amount,
        "pretax_credit_amounts": [],
        "reason": params.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": amount,
        "subtotal_excluding_tax": amount,
        "total": amount,
        "total_excluding_tax": amount,
        "total_taxes": [],
        "type": "post_payment" if paid else "pre_payment",
        "voided_at": None,
        "_": {"link": invoice["id"]},
    }
    if paid:
        _settle(sandbox, invoice, note, params)
    sandbox.put(note)
    sandbox.emit("credit_note.created", note)
    _apply(sandbox, invoice, amount, paid=paid)
    return note


def void(sandbox: Sandbox, id: str) -> Object:
    """Take a note back; only one that lowered an open invoice."""
    note = sandbox.get("credit_note", id)
    invoice = sandbox.get("invoice", note["invoice"])
    if note["status"] == "void" or invoice["status"] != "open":
        raise SandboxError("You can only void credit notes of open invoices.")
    note.update(status="void", voided_at=sandbox.now())
    sandbox.put(note)
    sandbox.emit("credit_note.voided", note)
    _apply(sandbox, invoice, -note["amount"], paid=False)
    return note


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    note = sandbox.get("credit_note", id)
    before = sandbox.snapshot(note)
    if "memo" in params:
        note["memo"] = params["memo"]
    if "metadata" in params:
        note["metadata"] = merge_metadata(note["metadata"], params["metadata"])
    sandbox.update(note, before, "credit_note.updated")
    return note


def _credited(invoice: Object) -> int:
    return int(
        invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    )


def _lines(sandbox: Sandbox, invoice: Object, params: Object) -> list[Object]:
    if params.get("lines"):
        return [_line(sandbox, invoice, entry, i) for i, entry in enumerate(params["lines"])]
    if params.get("amount") is None:
        raise SandboxError.missing_parameter("amount")
    return [_shaped(sandbox, params["amount"], "Credit", None, 1, "custom_line_item")]


def _line(sandbox: Sandbox, invoice: Object, entry: Object, index: int) -> Object:
    quantity = entry.get("quantity") or 1
    if entry["type"] == "custom_line_item":
        amount = (entry.get("unit_amount") or 0) * quantity
        described = entry.get("description") or "Credit"
        return _shaped(sandbox, amount, described, None, quantity, entry["type"])
    found = [
        line for line in invoice["lines"]["data"] if line["id"] == entry.get("invoice_line_item")
    ]
    if not found:
        raise SandboxError.missing_resource(
            "line_item",
            str(entry.get("invoice_line_item")),
            param=f"lines[{index}][invoice_line_item]",
        )
    amount = entry["amount"] if entry.get("amount") is not None else found[0]["amount"]
    return _shaped(
        sandbox, amount, found[0]["description"], found[0]["id"], quantity, entry["type"]
    )


def _shaped(
    sandbox: Sandbox, amount: int, described: str, source: str | None, quantity: int, type: str
) -> Object:
    line: Object = {
        "id": sandbox.new_id("cnli"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": described,
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": quantity,
        "tax_rates": [],
        "taxes": [],
        "type": type,
        "unit_amount": amount // quantity,
        "unit_amount_decimal": str(amount // quantity),
    }
    if source is not None:
        line["invoice_line_item"] = source
    return line


def _settle(sandbox: Sandbox, invoice: Object, note: Object, params: Object) -> None:
    """Refund or credit what a note takes off a paid invoice."""
    if params.get("refund_amount"):
        intent = paying.intent_of(sandbox, invoice)
        if intent is None:
            raise SandboxError("This invoice has no payment to refund.", param="refund_amount")
        refund = refunds.create(
            sandbox, {"payment_intent": intent["id"], "amount": params["refund_amount"]}
        )
        note["refunds"] = [
            {
                "amount_refunded": refund["amount"],
                "payment_record_refund": None,
                "refund": refund["id"],
                "type": "refund",
            }
        ]
    outside = params.get("out_of_band_amount") or 0
    credit = note["amount"] - (params.get("refund_amount") or 0) - outside
    customer = sandbox.peek("customer", invoice["customer"])
    if credit > 0 and customer is not None:
        before = sandbox.snapshot(customer)
        customer["balance"] -= credit
        sandbox.update(customer, before, "customer.updated")


def _apply(sandbox: Sandbox, invoice: Object, amount: int, *, paid: bool) -> None:
    before = sandbox.snapshot(invoice)
    if paid:
        invoice["post_payment_credit_notes_amount"] += amount
    else:
        invoice["pre_payment_credit_notes_amount"] += amount
        invoice["amount_due"] -= amount
        invoice["amount_remaining"] -= amount
        intent = paying.intent_of(sandbox, invoice)
        if intent is not None and intent["status"] != "succeeded":
            _lower(sandbox, invoice, intent)
    sandbox.update(invoice, before, "invoice.updated")
    if invoice["status"] == "open" and invoice["amount_remaining"] == 0:
        paying.mark_paid(sandbox, invoice)


def _lower(sandbox: Sandbox, invoice: Object, intent: Object) -> None:
    """The payment asks for what is left."""
    payment = paying.default_payment(sandbox, invoice)
    if invoice["amount_remaining"] == 0:
        charging.cancel_intent(sandbox, intent, None)
        return
    intent["amount"] = invoice["amount_remaining"]
    sandbox.put(intent)
    if payment is not None:
        payment["amount_requested"] = invoice["amount_remaining"]
        sandbox.put(payment)
