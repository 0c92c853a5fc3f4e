"""Winding down: which subscriptions end, when and why."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.ui import chrome, ending, kpis, listing, notes
from lib.billing import Filters, Permission

staff = session.guard(Permission.CUSTOMERS)
totals = staff.may(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["winding-down"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a filter, a bar or a page switch redraws."""
    everything = data.winding_down(Filters(limit=1))
    if not everything.total:
        notes.empty(
            "Nothing is winding down.",
            hint="A subscription shows here as soon as its cancellation is scheduled in Stripe.",
        )
        return
    now = data.freshness().now
    kpis.row(ending.cards(everything, now, totals=totals))
    ending.chart(everything, now, totals=totals)
    wanted = ending.narrowed(everything)
    listing.draw(
        "winding-down", data.winding_down, wanted, ending.table, staff, noun="subscription"
    )


body()
