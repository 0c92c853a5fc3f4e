"""Churn and retention: who left, why, and what is left of those who began."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import tr
from dashboard.ui import chrome, cohorts, download, filters, kpis, leaving, notes, retention
from lib.billing import Filters, Permission

staff = session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["churn"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a choice or a bar redraws."""
    codes = data.paid_currencies()
    if not codes:
        notes.empty(
            tr("Nobody has paid yet."),
            hint=tr("Churn and cohorts show here from the first MRR on."),
            icon=":material/inbox:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        code = filters.currency(codes)
        by = retention.division()
        periods = data.churn_periods(by, code)
        at = retention.one_of(periods)
        st.space("stretch")
        wanted = Filters(currencies=(code,), by=by, starts=periods[0].starts, ends=periods[-1].ends)
        download.csv_button("churn", wanted, staff)
    period = periods[at]
    st.caption(retention.said(period))
    kpis.row(retention.cards(periods, at))
    match retention.view():
        case "leavers":
            leaving.draw(period, staff)
        case "cohorts":
            cohorts.draw(code, staff)
        case _:
            with st.grid(2, min_column_width=440, gap="small"):
                retention.trend(periods)
                retention.everything(period)


body()
