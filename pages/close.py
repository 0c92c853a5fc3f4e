"""Month close: which months are signed, and what has changed in them since."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import tr
from dashboard.ui import chrome, filters, kpis, notes, restated, sealed, signed, signing
from lib.billing import Permission

staff = session.guard(Permission.MONEY)
chrome.head(navigation.BY_SLUG["close"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a choice or a button redraws."""
    view = data.closes()
    if not view.months:
        notes.empty(
            tr("No month has any movement yet."),
            hint=tr("Months show here with the first subscription that pays."),
            icon=":material/inbox:",
        )
        return
    code = filters.currency(sealed.currencies(view))
    kpis.row(sealed.cards(view, code))
    signing.next_month(view, staff)
    sealed.verdict(view, staff)
    wanted = sealed.months(view, code)
    if wanted is None:
        return
    month = data.closed_month(wanted)
    signed.draw(month, code)
    restated.draw(month, code, staff)
    signed.mix(month, code)


body()
