"""Refunds of charges."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """Give back ``amount`` (default: what is left) of a ``charge`` or ``payment_intent``."""
    charge = _charge(sandbox, params)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise SandboxError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = left if params.get("amount") is None else params["amount"]
    if not 0 < amount <= left:
        raise SandboxError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    refund: Object = {
        "id": sandbox.new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": sandbox.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
        "_": {"link": charge["id"], "customer": charge["customer"]},
    }
    before = sandbox.snapshot(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    sandbox.put(refund)
    sandbox.put(charge)
    sandbox.emit("charge.refunded", charge, sandbox.snapshot_diff(before, charge))
    sandbox.emit("refund.created", refund)
    return refund


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    refund = sandbox.get("refund", id)
    before = sandbox.snapshot(refund)
    if "metadata" in params:
        refund["metadata"] = merge_metadata(refund["metadata"], params["metadata"])
    sandbox.update(refund, before, "refund.updated")
    return refund


def _charge(sandbox: Sandbox, params: Object) -> Object:
    if params.get("charge"):
        return sandbox.get("charge", params["charge"], param="charge")
    if not params.get("payment_intent"):
        raise SandboxError(
            "One of the following params should be provided for this request: payment_intent or "
            "charge.",
            code="parameter_missing",
        )
    intent = sandbox.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise SandboxError(
            "This PaymentIntent does not have a successful charge to refund.",
            param="payment_intent",
        )
    return sandbox.get("charge", intent["latest_charge"])
