"""What of an invoice was given back or is asked back: credit notes, refunds, disputes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .corrections import UNDONE, Invoices
from .fold import CustomerFold
from .observations import State
from .trail import ObjectFold

SUCCEEDED: Final = frozenset({"succeeded", None})
"""Refunds once had no status: they were made, or there were none."""


@dataclass(slots=True)
class GivenBack:
    """Sums in minor units of the invoice's currency."""

    credited_minor: int = 0
    refunded_minor: int = 0
    disputed_minor: int = 0
    dispute_status: str | None = None


def given_back(fold: CustomerFold) -> defaultdict[str, GivenBack]:
    """By invoice id. What is in another currency than its invoice is in no sum."""
    found: defaultdict[str, GivenBack] = defaultdict(GivenBack)
    if not any(gives_back(folded) for folded in fold.all):
        return found
    currencies = {name: state["currency"] for name, state in fold.states("invoice").items()}
    invoices = Invoices(fold)
    for state in fold.states("credit_note").values():
        if state["status"] not in UNDONE["credit_note"] and (of := invoices.of(state)):
            found[of].credited_minor += _amount(state, currencies.get(of))
    for state in fold.states("refund").values():
        if state["status"] in SUCCEEDED and (of := invoices.of(state)):
            found[of].refunded_minor += _amount(state, currencies.get(of))
    for charge_id, missing in _untold(fold):
        if of := invoices.of({"charge": charge_id}):
            found[of].refunded_minor += missing
    for folded in sorted(fold.of("dispute").values(), key=_since):
        told = folded.state
        if told is not None and (of := invoices.of(told)):
            found[of].dispute_status = told["status"]
            if told["status"] not in UNDONE["dispute"]:
                found[of].disputed_minor += _amount(told, currencies.get(of))
    return found


def gives_back(folded: ObjectFold) -> bool:
    """Whether an invoice's sums depend on this object: also a charge that says it was refunded."""
    if folded.object_type == "charge":
        return bool((folded.state or {}).get("amount_refunded"))
    return folded.object_type in UNDONE


def _since(folded: ObjectFold) -> tuple[int, str]:
    return folded.steps[0].effective, folded.object_id


def _amount(state: State, currency: str | None) -> int:
    return (state["amount"] or 0) if state["currency"] in (currency, None) else 0


def _untold(fold: CustomerFold) -> Iterator[tuple[str, int]]:
    """(charge, what it says was refunded beyond the refunds that were seen): an endpoint may hear
    of charges and not of refunds."""
    refunds = list(fold.states("refund").values())
    for charge_id, state in fold.states("charge").items():
        told = state["amount_refunded"] or 0
        for refund in refunds:
            by_payment = refund["charge"] is None and refund["payment"] is not None
            if refund["charge"] == charge_id or (
                by_payment and refund["payment"] == state["payment"]
            ):
                told -= refund["amount"] or 0
        if told > 0:
            yield charge_id, told
