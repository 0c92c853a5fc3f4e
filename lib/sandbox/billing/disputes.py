"""Disputes: a cardholder questions a charge."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.settings import DAY

Object = dict[str, Any]

EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def open_dispute(sandbox: Sandbox, charge_id: str, reason: str = "fraudulent") -> Object:
    """A dispute of the whole charge; emits charge.dispute.created."""
    charge = sandbox.get("charge", charge_id, param="charge")
    if charge["disputed"] or not charge["paid"]:
        raise SandboxError("Only a paid charge that is not disputed yet can be disputed.")
    now = sandbox.now()
    dispute: Object = {
        "id": sandbox.new_id("du"),
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge_id,
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + 9 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": charge["payment_method_details"]["card"]["brand"],
                "case_type": "chargeback",
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
        "_": {"link": charge_id, "customer": charge["customer"]},
    }
    before = sandbox.snapshot(charge)
    charge["disputed"] = True
    sandbox.put(dispute)
    sandbox.update(charge, before, "charge.updated")
    sandbox.emit("charge.dispute.created", dispute)
    sandbox.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(sandbox: Sandbox, id: str, status: str = "lost") -> Object:
    """``won`` gives the money back, ``lost`` keeps it away; emits charge.dispute.closed."""
    dispute = sandbox.get("dispute", id)
    if dispute["status"] in ("won", "lost"):
        raise SandboxError("This dispute is already closed.")
    dispute["status"] = status
    sandbox.put(dispute)
    if status == "won":
        sandbox.emit("charge.dispute.funds_reinstated", dispute)
    sandbox.emit("charge.dispute.closed", dispute)
    return dispute
