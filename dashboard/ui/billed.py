"""A customer's invoices, and every known attempt to collect them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import say, tr
from dashboard.ui import corrections, defined, notes, tables
from lib.billing import Attempt, CustomerView, InvoiceRow

MOST_ATTEMPTS: Final = 50


def table(view: CustomerView) -> None:
    """The invoices, newest first."""
    rows = view.invoices
    if not rows:
        notes.empty(tr("No invoice yet."), icon=":material/info:")
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
            "number": column.TextColumn(tr("Number")),
            "status": tables.badge(tr("Status")),
            "total": defined.number("invoices.total_minor"),
            "left": defined.number("invoices.amount_remaining_minor", tr("Left to pay")),
            "back": tables.badge(tr("Came back")),
            "created": column.DateColumn(tr("Created")),
            "paid": column.DateColumn(tr("Paid on")),
            "attempts": defined.number("invoices.attempt_count", tr("Attempts")),
            "page": column.LinkColumn(tr("Page"), display_text=tr("Open")),
            "pdf": column.LinkColumn(tr("PDF"), display_text=tr("Open")),
        },
        key="invoices",
        ids=[row.invoice_id for row in rows],
        money=("total", "left"),
        alt=tr("Invoices of this customer, newest first"),
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
    zone = data.timezone()
    st.markdown(tr("**Attempts to collect**"))
    tables.text(
        [tr("When"), tr("Invoice"), tr("What happened")],
        [
            [
                fmt.clock(attempt.at, zone),
                _which(row, attempt),
                fmt.joined((_outcome(attempt), _why(attempt), _next(attempt, zone))),
            ]
            for row, attempt in troubled
        ],
    )


def history(rows: Sequence[Attempt]) -> None:
    """Every known attempt to collect one invoice, the latest first; nothing where there is none."""
    if not rows:
        return
    zone = data.timezone()
    st.markdown(tr("**Attempts to collect**"))
    tables.text(
        [tr("When"), tr("Attempt"), tr("What happened")],
        [
            [
                fmt.clock(attempt.at, zone),
                fmt.UNKNOWN if attempt.number is None else str(attempt.number),
                fmt.joined((_outcome(attempt), _why(attempt), _next(attempt, zone))),
            ]
            for attempt in reversed(rows[-MOST_ATTEMPTS:])
        ],
        unbroken=(0,),
    )


def _which(row: InvoiceRow, attempt: Attempt) -> str:
    name = fmt.md(row.number or row.invoice_id)
    if attempt.number is None:
        return name
    return tr("{invoice}, attempt {number}", invoice=name, number=attempt.number)


def _next(attempt: Attempt, zone: str) -> str | None:
    if attempt.next_attempt_at is None:
        return None
    return tr("next try {time}", time=fmt.clock(attempt.next_attempt_at, zone))


def _outcome(attempt: Attempt) -> str:
    if attempt.succeeded:
        shade, word = "green", tr("Paid")
    elif attempt.final:
        shade, word = "red", tr("Final attempt")
    else:
        shade, word = "orange", tr("Failed")
    return f":{shade}-badge[{word}]"


def _why(attempt: Attempt) -> str | None:
    """In words, with Stripe's code. What would help a thief says first that it is for staff."""
    if attempt.succeeded:
        return None
    code = f" :small[:gray[{fmt.md(attempt.code)}]]" if attempt.code else ""
    secret = tr("**Do not tell:**") + " " if attempt.sensitive else ""
    return f"{secret}{fmt.md(say(attempt.words))}{code}"
