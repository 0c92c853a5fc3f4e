"""Restatements of a closed month: whose sum is another one today, and why."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import defined, download, listing, notes, sealed, tables
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
    chosen = tables.show(
        [
            {
                "customer": listing.who(item),
                "kind": [fmt.words(item.kind)],
                "currency": item.currency,
                "closed": item.closed_minor,
                "now": item.now_minor,
                "delta": item.delta_minor,
                "cause": [CAUSES[item.cause]],
                "what": _what(item),
                "happened": fmt.moment(item.created_at, zone),
                "received": fmt.moment(item.received_at, zone),
            }
            for item in page.rows
        ],
        {
            "customer": column.TextColumn("Customer", width=160),
            "kind": tables.badge("Movement", width=100),
            "closed": defined.number("restatements.closed_minor", "Signed", width=85),
            "now": defined.number("restatements.now_minor", "Today", width=85),
            "delta": column.NumberColumn("Restated", width=85, help=METRICS["restated"].definition),
            "cause": tables.badge("Cause", width=115),
            "what": column.TextColumn("What came", width=175),
            "happened": column.DatetimeColumn("Happened", format="D MMM YYYY", width=90),
            "received": column.DatetimeColumn("Received", format="D MMM YYYY", width=90),
        },
        key="restated",
        ids=[f"{month}:{item.customer_id}:{item.currency}:{item.kind}" for item in page.rows],
        money=("closed", "now", "delta"),
        alt=f"What has changed in {sealed.name(month)} since it was closed, by customer",
        sparse=True,
    )
    _explained(page)
    return chosen


def _what(item: RestatementItem) -> str | None:
    """The event in words: customer.subscription.updated → Subscription updated."""
    if item.type is None:
        return None
    if item.cause == "read":
        told = f"{fmt.words(item.type.removeprefix('read.'))}, by {item.source}"
    else:
        told = fmt.words(item.type.removeprefix("customer.").replace(".", " "))
    return f"{told} (+{item.others})" if item.others else told


def _explained(page: Listing[RestatementItem]) -> None:
    """What no event explains, in its sentence; loudly where nothing does."""
    for told in dict.fromkeys(item.told for item in page.rows if item.event_id is None):
        if any(item.told == told and item.cause == "unknown" for item in page.rows):
            st.warning(fmt.md(told), icon=":material/help:")
        else:
            st.caption(fmt.md(told))
