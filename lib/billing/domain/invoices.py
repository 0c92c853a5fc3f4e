"""Invoices, and what became of the attempts to collect them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .fold import CustomerFold
from .given_back import GivenBack, given_back
from .observations import State
from .rows import InvoiceRow
from .trail import ObjectFold


def invoice_rows(fold: CustomerFold) -> Iterator[InvoiceRow]:
    """One row an invoice; a deleted draft has none."""
    invoices = fold.of("invoice")
    if not invoices:
        return
    failures, back = failed_payments(fold), given_back(fold)
    for invoice_id, folded in invoices.items():
        state = folded.state
        if state is not None and state["status"] != "deleted":
            told = failures[invoice_id]
            yield _row(fold.customer_id, invoice_id, folded, state, told, back[invoice_id])


def _row(
    customer_id: str,
    invoice_id: str,
    folded: ObjectFold,
    state: State,
    failures: list[State],
    back: GivenBack,
) -> InvoiceRow:
    failing = (
        state["status"] == "open"
        and state["collection_method"] == "charge_automatically"
        and bool(state["payment_failed"])
    )
    latest = failures[-1] if failures else {}
    return InvoiceRow(
        invoice_id=invoice_id,
        customer_id=customer_id,
        subscription_id=state["subscription"],
        number=state["number"],
        status=state["status"],
        currency=state["currency"],
        collection_method=state["collection_method"],
        billing_reason=state["billing_reason"],
        total_minor=state["total"] or 0,
        tax_minor=state["tax"] or 0,
        amount_due_minor=state["amount_due"] or 0,
        amount_paid_minor=state["amount_paid"] or 0,
        amount_remaining_minor=state["amount_remaining"] or 0,
        created_at=state["created"],
        due_at=state["due_date"],
        finalized_at=state["finalized_at"],
        paid_at=state["paid_at"],
        voided_at=state["voided_at"],
        uncollectible_at=state["uncollectible_at"],
        attempt_count=state["attempt_count"] or 0,
        next_attempt_at=state["next_payment_attempt"],
        auto_advance=bool(state["auto_advance"]),
        failed_at=_failed_at(folded, failures),
        failing=failing,
        failure_code=latest.get("code"),
        decline_code=latest.get("decline_code"),
        hosted_invoice_url=state["hosted_invoice_url"],
        pdf=state["invoice_pdf"],
        event_id=folded.steps[-1].event_id,
        credited_minor=back.credited_minor,
        refunded_minor=back.refunded_minor,
        disputed_minor=back.disputed_minor,
        dispute_status=back.dispute_status,
    )


def _failed_at(folded: ObjectFold, failures: list[State]) -> int | None:
    """When the first attempt failed: as Stripe's events say, else as the payment itself says.

    A re-read shows that an attempt has failed, never when.
    """
    attempts = [f["attempted_at"] for f in failures if f["attempted_at"] is not None]
    for step in folded.steps:
        if step.state is not None and step.state["payment_failed"]:
            if not step.event_id.startswith("read:"):
                attempts.append(step.effective)
            break
    return min(attempts) if attempts else None


def failed_payments(fold: CustomerFold) -> defaultdict[str, list[State]]:
    """Failed payments and charges by invoice, oldest first; ``attempted_at`` None: only read."""
    invoice_of = {
        link["payment"]: link["invoice"]
        for link in fold.states("invoice_payment").values()
        if link["payment"]
    }
    found: defaultdict[str, list[tuple[int, State]]] = defaultdict(list)
    for object_type in ("payment", "charge"):
        for object_id, folded in fold.of(object_type).items():
            for step in folded.steps:
                state = step.state
                if state is None or not (state["code"] or state["decline_code"]):
                    continue
                invoice = (
                    state["invoice"]
                    or invoice_of.get(object_id)
                    or invoice_of.get(state.get("payment") or "")
                )
                if invoice:
                    at = state.get("attempted_at")
                    if at is None and not step.event_id.startswith("read:"):
                        at = step.effective
                    # A read tells of what had failed by then.
                    known_by = step.second if at is None else at
                    found[invoice].append((known_by, state | {"attempted_at": at}))
    ordered: defaultdict[str, list[State]] = defaultdict(list)
    for invoice, failures in found.items():
        failures.sort(key=lambda f: (f[0], f[1]["decline_code"] or ""))
        ordered[invoice] = [state for _, state in failures]
    return ordered
