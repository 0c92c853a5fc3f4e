"""Restatements of a closed month: whose sum is another one today, and why."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, listing, notes, sealed, tables, titles
from lib.billing import ClosedMonthView, Filters, Listing, RestatementItem

CAUSES: Final = {
    "late_event": mark("Late event"),
    "failed_event": mark("Failed event"),
    "read": mark("Read from Stripe"),
    "first_seen": mark("First seen later"),
    "reference": mark("Price or coupon"),
    "catalogue": mark("Catalogue"),
    "policy": mark("Policy"),
    "timezone": mark("Time zone"),
    "definitions": mark("Portside itself"),
    "unknown": mark("Cause unknown"),
}


def draw(view: ClosedMonthView, currency: str, staff: Staff) -> None:
    """The count, the file, one page of rows; a chosen one opens its customer."""
    month = view.item.month
    titles.draw(tr("What has changed in {month} since?", month=sealed.name(month)))
    whole = data.restatements(month, currency, 1, 0)
    if not whole.total:
        notes.empty(
            tr(
                "Nothing of {month} has changed in {currency}.",
                month=sealed.name(month),
                currency=currency.upper(),
            ),
            hint=tr("An event of the month that arrives only now shows here, with the customer."),
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
    return ntr(
        "{count} restatement, {amount} in all. Choose a row to open its customer.",
        "{count} restatements, {amount} in all. Choose a row to open its customer.",
        whole.total,
        amount=fmt.md(fmt.signed(amount, currency)),
    )


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
            "customer": column.TextColumn(tr("Customer"), width=160),
            "kind": tables.badge(tr("Movement"), width=115),
            "closed": defined.number("restatements.closed_minor", tr("Signed"), width=90),
            "now": defined.number("restatements.now_minor", tr("Today"), width=90),
            "delta": defined.number("restated", tr("Restated"), width=90),
            "cause": tables.badge(tr("Cause"), width=150),
            "what": column.TextColumn(tr("What came"), width=190),
            "happened": column.DateColumn(tr("Happened"), width=95),
            "received": column.DateColumn(tr("Received"), width=95),
        },
        key="restated",
        ids=[f"{month}:{item.customer_id}:{item.currency}:{item.kind}" for item in page.rows],
        money=("closed", "now", "delta"),
        alt=tr(
            "What has changed in {month} since it was closed, by customer",
            month=sealed.name(month),
        ),
        sparse=True,
    )
    _explained(page)
    return chosen


def _what(item: RestatementItem) -> str | None:
    """The event in words: customer.subscription.updated → Subscription updated."""
    if item.type is None:
        return None
    if item.cause == "read":
        told = tr(
            "{what}, by {source}",
            what=fmt.words(item.type.removeprefix("read.")),
            source=item.source,
        )
    else:
        told = fmt.words(item.type.removeprefix("customer.").replace(".", " "))
    return f"{told} (+{item.others})" if item.others else told


def _explained(page: Listing[RestatementItem]) -> None:
    """What no event explains, in its sentence; loudly where nothing does."""
    for told in dict.fromkeys(item.told for item in page.rows if item.event_id is None):
        if any(item.told == told and item.cause == "unknown" for item in page.rows):
            st.warning(fmt.md(say(told)), icon=":material/help:")
        else:
            st.caption(fmt.md(say(told)))
