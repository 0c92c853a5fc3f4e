"""What came back of an invoice (refunds, disputes, credit notes), and what is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.ui import defined, tables
from lib.billing import Correction, CustomerView, ScheduleAhead

KINDS: Final = {"refund": "Refund", "dispute": "Dispute", "credit_note": "Credit note"}
MARKS: Final = {"refund": "Refunded", "dispute": "Disputed", "credit_note": "Credited"}
AFTERWARDS: Final = {
    "release": "Then the subscription goes on by itself.",
    "cancel": "Then the subscription ends.",
    "renew": "Then it begins anew.",
}


def marks(corrections: Sequence[Correction], invoice_id: str) -> list[str]:
    """The badges of one invoice: each kind that stands, once."""
    return list(
        dict.fromkeys(
            MARKS[each.kind]
            for each in corrections
            if each.stands and each.invoice_id == invoice_id
        )
    )


def table(view: CustomerView) -> None:
    """All of them, also those whose invoice Stripe's objects do not tell."""
    if not view.corrections:
        return
    _draw(view.corrections, {row.invoice_id: row.number for row in view.invoices})
    st.caption("Access follows the subscription alone: none of these grants or takes it away.")


def of_invoice(rows: Sequence[Correction]) -> None:
    """Those of one invoice; nothing where nothing came back."""
    if rows:
        _draw(rows, None)


def _draw(rows: Sequence[Correction], numbers: Mapping[str, str | None] | None) -> None:
    """``numbers``: invoice id -> number; None where all are of one invoice."""
    zone, column = data.timezone(), st.column_config
    st.markdown("**What came back**")
    tables.show(
        [
            {
                "kind": KINDS[each.kind],
                "amount": each.amount_minor,
                "status": fmt.words(each.status),
                "reason": fmt.words(each.reason) if each.reason else None,
                "at": fmt.moment(each.at, zone),
                "invoice": None
                if numbers is None
                else numbers.get(each.invoice_id or "") or each.invoice_id,
                "id": each.object_id,
                "currency": each.currency,
            }
            for each in rows
        ],
        {
            "kind": column.TextColumn("What"),
            "amount": defined.number("came_back"),
            "status": column.TextColumn("Status"),
            "reason": column.TextColumn("Reason"),
            "at": column.DateColumn("Seen on", format="D MMM YYYY"),
            "invoice": column.TextColumn("Invoice"),
            "id": column.TextColumn("Object"),
        },
        key="corrections",
        ids=[each.object_id for each in rows],
        money=("amount",),
        alt="Refunds, disputes and credit notes, newest first",
        choose=False,
        sparse=True,
    )


def schedules(rows: Sequence[ScheduleAhead]) -> None:
    """What an attached schedule does next, in a sentence each."""
    zone = data.timezone()
    for row in rows:
        following = (
            f"Next phase on {fmt.day(row.starts_at, zone)}: {fmt.md(', '.join(row.offers))}."
            if row.starts_at is not None
            else "It is in its last phase."
        )
        until = f" The last phase ends on {fmt.day(row.ends_at, zone)}." if row.ends_at else ""
        after = AFTERWARDS.get(row.end_behavior or "", "")
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f":material/event_repeat: **A schedule is attached.** {following}")
            st.caption(
                fmt.joined(
                    (
                        f"{until} {after}".strip() or None,
                        fmt.md(row.subscription_id) if row.subscription_id else None,
                        fmt.md(row.schedule_id),
                    )
                )
            )
