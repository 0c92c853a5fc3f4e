"""Plan mix: what customers pay for, by plan and by interval."""

from dataclasses import replace

import streamlit as st

from dashboard import data, navigation, session
from dashboard.ui import chrome, download, filters, kpis, listing, mix, notes
from lib.billing import Filters, Permission

staff = session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["plan-mix"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a filter or a bar redraws."""
    everything = data.plan_mix(Filters(limit=mix.ALL))
    if not everything.total:
        notes.empty(
            "No paying subscription yet.",
            hint="Plans show here with the first active subscription.",
            icon=":material/inbox:",
        )
        return
    code = filters.currency(listing.currencies(everything))
    whole = data.plan_mix(Filters(currencies=(code,), limit=mix.ALL))
    kpis.row(mix.cards(whole, code))
    mix.chart(whole, code)
    mix.left_out(code)
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = mix.narrowed(everything, code)
        st.space("stretch")
        download.menu("plan-mix", wanted, staff)
    page = data.plan_mix(wanted)
    if not page.total:
        filters.nothing("No plan matches these filters.")
        return
    mix.table(page)
    st.subheader("Who is behind these numbers?", anchor=False)
    behind = replace(wanted, sort="")
    listing.rows(
        data.plan_customers, behind, mix.customers, "subscription", "plan-customers", staff
    )


body()
