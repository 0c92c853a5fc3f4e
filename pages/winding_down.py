"""Winding down: which subscriptions end, when and why, what was saved, what was foreseen."""

import streamlit as st

from dashboard import data, keeping, navigation, session, winding
from dashboard.language import tr
from dashboard.ui import back_testing, chrome, ending, ending_bars, kpis, listing, notes, saving
from lib.billing import Filters, Permission

staff = session.guard(Permission.CUSTOMERS)
totals = staff.may(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["winding-down"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a filter, a bar or a page switch redraws."""
    match ending.view(totals=totals):
        case "saves":
            saving.draw(staff)
        case "test":
            session.check(Permission.TOTALS)
            back_testing.draw()
        case _:
            _ends()


def _ends() -> None:
    keeping.ahead(*ending_bars.reads(), winding.savable)
    everything = data.winding_down(Filters(limit=0))
    if not everything.total:
        notes.empty(
            tr("Nothing is winding down."),
            hint=tr(
                "A subscription shows here as soon as its cancellation is scheduled in Stripe."
            ),
        )
        return
    now, savable = data.freshness().now, winding.savable()
    kpis.row(ending.cards(everything, savable, now, totals=totals))
    bars = st.container()
    wanted = ending.narrowed(everything, savable)
    with bars:
        ending_bars.draw(listing.currencies(everything), now, totals=totals)
    listing.draw(
        "winding-down",
        data.winding_down,
        wanted,
        ending.table,
        staff,
        noun="subscription",
        orders=ending.ORDERS,
    )


body()
