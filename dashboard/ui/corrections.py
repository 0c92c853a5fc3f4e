"""What came back of an invoice (refunds, disputes, credit notes), and what is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import mark, say, tr
from dashboard.ui import defined, tables
from lib.billing import Correction, CustomerView, ScheduleAhead

KINDS: Final = {
    "refund": mark("Refund"),
    "dispute": mark("Dispute"),
    "credit_note": mark("Credit note"),
}
MARKS: Final = {
    "refund": mark("Refunded"),
    "dispute": mark("Disputed"),
    "credit_note": mark("Credited"),
}
AFTERWARDS: Final = {
    "release": mark("Then the subscription goes on by itself."),
    "cancel": mark("Then the subscription ends."),
    "renew": mark("Then it begins anew."),
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
    st.caption(tr("Access follows the subscription alone: none of these grants or takes it away."))


def of_invoice(rows: Sequence[Correction]) -> None:
    """Those of one invoice; nothing where nothing came back."""
    if rows:
        _draw(rows, None)


def _draw(rows: Sequence[Correction], numbers: Mapping[str, str | None] | None) -> None:
    """``numbers``: invoice id -> number; None where all are of one invoice."""
    zone, column = data.timezone(), st.column_config
    st.markdown(tr("**What came back**"))
    tables.show(
        [
            {
                "kind": tr(KINDS[each.kind]),
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
            "kind": column.TextColumn(tr("What")),
            "amount": defined.number("came_back"),
            "status": column.TextColumn(tr("Status")),
            "reason": column.TextColumn(tr("Reason")),
            "at": column.DateColumn(tr("Seen on")),
            "invoice": column.TextColumn(tr("Invoice")),
            "id": column.TextColumn(tr("Object")),
        },
        key="corrections",
        ids=[each.object_id for each in rows],
        money=("amount",),
        alt=tr("Refunds, disputes and credit notes, newest first"),
        choose=False,
        sparse=True,
    )


def schedules(rows: Sequence[ScheduleAhead]) -> None:
    """What an attached schedule does next, in a sentence each."""
    zone = data.timezone()
    for row in rows:
        following = (
            tr(
                "Next phase on {day}: {offers}.",
                day=fmt.day(row.starts_at, zone),
                offers=fmt.md(", ".join(map(say, row.offers))),
            )
            if row.starts_at is not None
            else tr("It is in its last phase.")
        )
        until = (
            tr("The last phase ends on {day}.", day=fmt.day(row.ends_at, zone))
            if row.ends_at
            else ""
        )
        after = say(AFTERWARDS.get(row.end_behavior or ""))
        with st.container(border=True, gap="xxsmall"):
            attached = tr("**A schedule is attached.**")
            st.markdown(f":material/event_repeat: {attached} {following}")
            st.caption(
                fmt.joined(
                    (
                        f"{until} {after}".strip() or None,
                        fmt.md(row.subscription_id) if row.subscription_id else None,
                        fmt.md(row.schedule_id),
                    )
                )
            )
