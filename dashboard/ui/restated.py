"""Restatements of a closed month: whose sum is another one today, and why."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import download, listing, notes, sealed, tables
from lib.billing import METRICS, ClosedMonthView, Filters, Listing, RestatementItem

CAUSES: Final = {
    "late_event": "Late event",
    "failed_event": "Failed event",
    "read": "Read from Stripe",
    "first_seen": "First seen later",
    "reference": "Price or coupon",
    "catalogue": "Catalogue",
    "policy": "Policy",
    "timezone": "Time zone",
    "definitions": "Portside itself",
    "unknown": "Cause unknown",
}


def draw(view: ClosedMonthView, currency: str, staff: Staff) -> None:
    """The count, the file, one page of rows; a chosen one opens its customer."""
    month = view.item.month
    st.subheader(f"What has changed in {sealed.name(month)} since?", anchor=False)
    whole = data.restatements(month, currency, 1, 0)
    if not whole.total:
        notes.empty(
            f"Nothing of {sealed.name(month)} has changed in {currency.upper()}.",
            hint="An event of the month that arrives only now shows here, with the customer.",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_told(whole, currency), width="stretch")
        wanted = Filters(currencies=(currency,), starts=view.starts, ends=view.ends)
        download.csv_button("restatements", wanted, staff)
    place = st.container()
    offset = tables.pager(whole.total, key="restated_page")
    page = data.restatements(month, currency, tables.PAGE_SIZE, offset)
    with place:
        chosen = _table(page, month)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def _told(whole: Listing[RestatementItem], currency: str) -> str:
    amount = sum(part.amount_minor for part in whole.sums)
    counted = fmt.plural(whole.total, "restatement")
    return f"{counted}, {fmt.signed(amount, currency)} in all. Choose a row to open its customer."


def _table(page: Listing[RestatementItem], month: str) -> int | None:
    zone, column = data.timezone(), st.column_config
    return tables.show(
        [
            {
                "customer": listing.who(item),
                "kind": [fmt.words(item.kind)],
                "currency": item.currency,
                "closed": item.closed_minor,
                "now": item.now_minor,
                "delta": item.delta_minor,
                "cause": [CAUSES[item.cause]],
                "told": item.told,
                "received": fmt.moment(item.received_at, zone),
            }
            for item in page.rows
        ],
        {
            "customer": column.TextColumn("Customer", width=170),
            "kind": tables.badge("Movement", width=110),
            "closed": column.NumberColumn("Signed", width=90),
            "now": column.NumberColumn("Today", width=90),
            "delta": column.NumberColumn("Restated", width=95, help=METRICS["restated"].definition),
            "cause": tables.badge("Cause", width=130),
            "told": column.TextColumn("Why", width=430),
            "received": column.DatetimeColumn("Received", format="D MMM YYYY, HH:mm", width=130),
        },
        key="restated",
        ids=[f"{month}:{item.customer_id}:{item.kind}" for item in page.rows],
        money=("closed", "now", "delta"),
        alt=f"What has changed in {sealed.name(month)} since it was closed, by customer",
    )
