"""Invoice payments: what ties an invoice to the payment intent that is to pay it."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import charging
from lib.sandbox.core import Sandbox

Object = dict[str, Any]


def cancel_open(sandbox: Sandbox, invoice: Object, reason: str) -> None:
    for payment in sandbox.find("invoice_payment", link=invoice["id"], status="open"):
        payment["status"] = "canceled"
        payment["status_transitions"]["canceled_at"] = sandbox.now()
        sandbox.put(payment)
        intent = sandbox.peek("payment_intent", payment["payment"].get("payment_intent"))
        if intent is not None:
            charging.cancel_intent(sandbox, intent, reason)


def add(
    sandbox: Sandbox, invoice: Object, amount: int, payment: Object, *, default: bool = True
) -> Object:
    """The invoice payment that ties a payment intent or record to the invoice."""
    made: Object = {
        "id": sandbox.new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": amount,
        "created": sandbox.now(),
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": default,
        "livemode": False,
        "payment": payment,
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
        "_": {"link": invoice["id"], "customer": invoice["customer"]},
    }
    sandbox.put(made)
    return made


def request(sandbox: Sandbox, invoice: Object) -> None:
    intent = charging.create_intent(
        sandbox,
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description=f"Payment for invoice {invoice['number']}",
        invoice=invoice["id"],
    )
    add(
        sandbox,
        invoice,
        invoice["amount_due"],
        {"payment_intent": intent["id"], "type": "payment_intent"},
    )
