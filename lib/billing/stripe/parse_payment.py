"""Payment attempts and what comes back: payment intents, charges, refunds, disputes.

Since 2025-03-31 none of them names its invoice; an invoice payment (`parse_invoice`) joins them.
"""

from __future__ import annotations

from typing import Final

from ..domain.observations import State
from .fields import Fields
from .reading import Context, Reader, Seen, belongs

_ATTEMPTS: Final = frozenset({"payment_intent.payment_failed", "payment_intent.succeeded"})


def read_payment(fields: Fields, context: Context) -> Seen:
    error = fields.child("last_payment_error") or fields.inside("last_setup_error")
    invoice = fields.ident("invoice") or _ordered_invoice(fields)
    customer = fields.ident("customer")
    state: State = {
        "invoice": invoice,
        "status": fields.word("status"),
        "amount": fields.whole("amount"),
        "currency": fields.currency("currency"),
        "code": error.word("code"),
        "decline_code": error.word("decline_code"),
        "message": error.text("message"),
        "attempted_at": context.second if context.event_type in _ATTEMPTS else None,
    }
    parent = belongs(customer, ("invoice", invoice))
    return Seen("payment", fields.own_id(), customer, state, parent)


def _ordered_invoice(fields: Fields) -> str | None:
    """Newer payment intents keep their invoice's id as the order's reference."""
    reference = fields.inside("payment_details").text("order_reference")
    return reference if reference is not None and reference.startswith("in_") else None


def _read_charge(fields: Fields, context: Context) -> Seen:
    invoice = fields.ident("invoice")
    payment = fields.ident("payment_intent")
    customer = fields.ident("customer")
    failed = fields.word("failure_code")
    state: State = {
        "payment": payment,
        "invoice": invoice,
        "amount": fields.whole("amount"),
        "amount_refunded": fields.whole("amount_refunded"),
        "currency": fields.currency("currency"),
        "status": fields.word("status") or _charge_status(fields),
        "code": failed,
        "decline_code": fields.inside("outcome").word("reason") if failed else None,
        "disputed": fields.flag("disputed"),
    }
    parent = belongs(customer, ("invoice", invoice), ("payment", payment))
    return Seen("charge", fields.own_id(), customer, state, parent)


def _charge_status(fields: Fields) -> str | None:
    """Up to 2015-02 a charge was paid or not."""
    if "paid" not in fields:
        return None
    return "succeeded" if fields.flag("paid") else "failed"


def _money_back(kind: str, name: str, fields: Fields) -> Seen:
    charge = fields.ident("charge")
    payment = fields.ident("payment_intent")
    customer = fields.ident("customer")
    state: State = {
        "charge": charge,
        "payment": payment,
        "amount": fields.whole("amount"),
        "currency": fields.currency("currency"),
        "status": fields.word("status"),
        "reason": fields.word("reason"),
    }
    parent = belongs(customer, ("charge", charge), ("payment", payment))
    return Seen(kind, name, customer, state, parent)


def _read_refund(fields: Fields, context: Context) -> Seen:
    return _money_back("refund", fields.own_id(), fields)


def _read_dispute(fields: Fields, context: Context) -> Seen:
    # Up to 2014-12 a dispute had no id of its own, and a charge had one at most.
    unnamed = "id" not in fields and "charge" in fields
    name = f"{fields.ident('charge')}:dispute"[:255] if unnamed else fields.own_id()
    return _money_back("dispute", name, fields)


PAYMENT = Reader("payment_intent", read_payment)
CHARGE = Reader("charge", _read_charge)
REFUND = Reader("refund", _read_refund)
DISPUTE = Reader("dispute", _read_dispute)
