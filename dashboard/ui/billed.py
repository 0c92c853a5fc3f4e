"""A customer's invoices, and every known attempt to collect them."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.ui import corrections, notes, tables
from lib.billing import Attempt, CustomerView

MOST_ATTEMPTS: Final = 50


def table(view: CustomerView) -> None:
    """The invoices, newest first."""
    rows = view.invoices
    if not rows:
        notes.empty("No invoice yet.", icon=":material/info:")
        return
    zone, column = data.timezone(), st.column_config
    tables.show(
        [
            {
                "number": row.number or row.invoice_id,
                "status": tables.one(row.status),
                "total": row.total_minor,
                "left": row.amount_remaining_minor,
                "back": corrections.marks(view.corrections, row.invoice_id),
                "created": fmt.moment(row.created_at, zone),
                "paid": fmt.moment(row.paid_at, zone),
                "attempts": row.attempt_count,
                "page": row.hosted_invoice_url,
                "pdf": row.pdf,
                "currency": row.currency,
            }
            for row in rows
        ],
        {
            "number": column.TextColumn("Number"),
            "status": tables.badge("Status"),
            "total": column.NumberColumn("Total"),
            "left": column.NumberColumn("Left to pay"),
            "back": tables.badge("Came back"),
            "created": column.DateColumn("Created", format="D MMM YYYY"),
            "paid": column.DateColumn("Paid on", format="D MMM YYYY"),
            "attempts": column.NumberColumn("Attempts"),
            "page": column.LinkColumn("Page", display_text="Open"),
            "pdf": column.LinkColumn("PDF", display_text="Open"),
        },
        key="invoices",
        ids=[row.invoice_id for row in rows],
        money=("total", "left"),
        alt="Invoices of this customer, newest first",
        choose=False,
        sparse=True,
    )


def attempts(view: CustomerView) -> None:
    """The history of every invoice of which an attempt failed, the latest first."""
    troubled = [
        (row, attempt)
        for row in view.invoices
        if any(not each.succeeded for each in view.attempts.get(row.invoice_id, ()))
        for attempt in reversed(view.attempts[row.invoice_id])
    ][:MOST_ATTEMPTS]
    if not troubled:
        return
    zone, column = data.timezone(), st.column_config
    st.markdown("**Attempts to collect**")
    tables.show(
        [
            {
                "invoice": row.number or row.invoice_id,
                "attempt": attempt.number,
                "at": fmt.moment(attempt.at, zone),
                "outcome": [_outcome(attempt)],
                "why": _why(attempt),
                "next": fmt.moment(attempt.next_attempt_at, zone),
                "code": attempt.code,
            }
            for row, attempt in troubled
        ],
        {
            "invoice": column.TextColumn("Invoice", width=100),
            "attempt": column.NumberColumn("No.", width=40),
            "at": column.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=125),
            "outcome": tables.badge("Outcome", width=95),
            "why": column.TextColumn("Why", width=180),
            "next": column.DatetimeColumn("Next try", format="D MMM, HH:mm", width=95),
            "code": column.TextColumn("Code"),
        },
        key="attempts",
        ids=[f"{row.invoice_id}:{n}:{attempt.at}" for n, (row, attempt) in enumerate(troubled)],
        alt="Attempts to collect invoices, newest first",
        choose=False,
        sparse=True,
    )


def _outcome(attempt: Attempt) -> str:
    if attempt.succeeded:
        return "Paid"
    return "Final attempt" if attempt.final else "Failed"


def _why(attempt: Attempt) -> str | None:
    """A reason that would help a thief says first that it is for staff only."""
    if attempt.succeeded:
        return None
    return f"Do not tell: {attempt.words}" if attempt.sensitive else attempt.words
