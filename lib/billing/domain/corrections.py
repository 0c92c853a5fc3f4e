"""What came back after an invoice was made: refunds, disputes and credit notes.

They are shown beside their invoice and never grant or revoke anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from .fold import CustomerFold
from .observations import State

CorrectionKind = Literal["refund", "dispute", "credit_note"]
KINDS: Final[tuple[CorrectionKind, ...]] = ("refund", "dispute", "credit_note")

UNDONE: Final[dict[str, frozenset[str]]] = {
    "refund": frozenset({"failed", "canceled"}),
    "dispute": frozenset({"won", "warning_closed", "prevented"}),
    "credit_note": frozenset({"void"}),
}
"""Statuses in which the money did not stay away after all."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One of them as it is now. ``invoice_id`` is None where Stripe's objects do not tell."""

    kind: CorrectionKind
    object_id: str
    invoice_id: str | None
    amount_minor: int | None
    currency: str | None
    status: str | None
    reason: str | None
    at: int  # when it was first seen, unix seconds
    stands: bool  # neither failed, nor voided, nor won back


def corrections(fold: CustomerFold) -> tuple[Correction, ...]:
    """Every refund, dispute and credit note of a customer, newest first."""
    invoices = Invoices(fold)
    found = [
        Correction(
            kind=kind,
            object_id=object_id,
            invoice_id=invoices.of(folded.state),
            amount_minor=folded.state["amount"],
            currency=folded.state["currency"],
            status=folded.state["status"],
            reason=folded.state["reason"],
            at=folded.steps[0].effective,
            stands=folded.state["status"] not in UNDONE[kind],
        )
        for kind in KINDS
        for object_id, folded in fold.of(kind).items()
        if folded.state is not None
    ]
    return tuple(sorted(found, key=lambda c: (-c.at, c.kind, c.object_id)))


class Invoices:
    """Which invoice a charge or a payment was for: each object knows another part of the way."""

    def __init__(self, fold: CustomerFold) -> None:
        self._charges = fold.states("charge")
        self._payments = fold.states("payment")
        self._paid = {
            link["payment"]: link["invoice"]
            for link in fold.states("invoice_payment").values()
            if link["payment"]
        }

    def of(self, state: State) -> str | None:
        if state.get("invoice"):
            return str(state["invoice"])
        charge = self._charges.get(state.get("charge") or "", {})
        if charge.get("invoice"):
            return str(charge["invoice"])
        payment = state.get("payment") or charge.get("payment") or ""
        for name in (payment, state.get("charge") or ""):
            if found := self._paid.get(name) or self._payments.get(name, {}).get("invoice"):
                return str(found)
        return None
