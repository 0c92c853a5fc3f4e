"""Plan mix: what customers pay for, how that moved, and on whom it rests."""

from dataclasses import replace

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import tr
from dashboard.ui import (
    chrome,
    download,
    filters,
    kpis,
    listing,
    mix,
    mix_features,
    mix_largest,
    mix_moves,
    mix_trend,
    notes,
    tables,
    titles,
)
from lib.billing import Filters, Permission

staff = session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["plan-mix"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a choice, a filter or a bar redraws."""
    session.check(Permission.TOTALS)
    tables.open_remembered()
    everything = data.plan_mix(Filters(limit=mix.ALL))
    if not everything.total:
        notes.empty(
            tr("No paying subscription yet."),
            hint=tr("Plans show here with the first active subscription."),
            icon=":material/inbox:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        code = filters.currency(listing.currencies(everything))
        view = mix.view()
        measure = mix.measure(view)
    whole = data.plan_mix(Filters(currencies=(code,), limit=mix.ALL))
    kpis.row(mix_largest.cards(code) if view == "largest" else mix.cards(whole, code))
    mix.left_out(code)
    match view:
        case "trend":
            mix_trend.draw(code, measure, staff)
        case "moves":
            mix_moves.draw(code, measure, staff)
        case "largest":
            mix_largest.draw(code)
        case "features":
            mix_features.draw(code)
        case _:
            _now(everything, whole, code, measure)


def _now(everything, whole, code, measure) -> None:
    mix.chart(whole, code, measure)
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = mix.narrowed(everything, code)
        st.space("stretch")
        download.menu("plan-mix", wanted, staff)
    page = data.plan_mix(wanted)
    if not page.total:
        filters.nothing(tr("No plan matches these filters."))
        return
    mix.table(page)
    titles.draw(tr("Who is behind these numbers?"))
    behind = replace(wanted, sort="")
    listing.rows(
        data.plan_customers, behind, mix.customers, "subscription", "plan-customers", staff
    )


body()
