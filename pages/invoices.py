"""Invoices: what was invoiced, what is owed and for how long, and what an invoice is made of."""

import streamlit as st

from dashboard import data, keeping, navigation, session
from dashboard.language import tr
from dashboard.ui import chrome, defined, filters, invoices, kpis, notes, owed
from lib.billing import InvoiceFilters, Permission

staff = session.guard(Permission.TOTALS)
keeping.ahead(data.owed)
chrome.head(navigation.BY_SLUG["invoices"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a bar or a currency redraws."""
    everything = data.invoices(InvoiceFilters(limit=0))
    if not everything.total:
        notes.empty(
            tr("No invoice yet."),
            hint=tr("An invoice shows here with its first event, or after portside backfill."),
            icon=":material/receipt_long:",
        )
        return
    parts = data.owed()
    codes = [part.currency for part in parts]
    numbers = st.container()
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(tr("How long has it been owed?"), "ageing")
            code = filters.currency(codes, key="in")
        owed.chart(parts, code)
    mine = owed.of_currency(parts, code)
    with numbers:
        if mine is not None:
            kpis.row(owed.cards(mine))
    invoices.draw(codes, staff)


body()
