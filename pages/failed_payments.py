"""Failed payments: whose payment failed, what happens next, what to ask for."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import tr
from dashboard.ui import chrome, collecting, failed, failing, kpis, notes
from lib.billing import Filters, Permission

staff = session.guard(Permission.CUSTOMERS)
totals = staff.may(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["failed-payments"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a bar or a currency redraws."""
    everything = data.failed_payments(Filters(limit=0))
    if everything.total:
        kpis.row(failing.cards(everything, totals=totals))
        failed.unsaid()
        failing.chart(everything, totals=totals)
        failed.draw(staff)
    else:
        notes.empty(
            tr("No payment is failing."),
            hint=tr("An invoice shows here after its first failed attempt, until it is paid."),
        )
    if totals:
        collecting.draw(staff)


body()
