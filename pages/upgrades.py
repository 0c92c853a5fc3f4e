"""Upgrades: who moved up, from what to what, and what became of trials."""

from dataclasses import replace

import streamlit as st

from dashboard import data, morning, navigation, session
from dashboard import format as fmt
from dashboard.language import ntr, tr
from dashboard.ui import chrome, climbing, filters, kpis, level, notes, tables, titles, upgrades
from lib.billing import Permission

session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["upgrades"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a choice, a click or a filter redraws."""
    session.check(Permission.TOTALS)
    tables.open_remembered()
    codes = data.mrr_currencies()
    if not codes:
        notes.empty(
            tr("No upgrade yet."),
            hint=tr("Upgrades and trials show here with the first paying subscription."),
            icon=":material/trending_up:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        code = filters.currency(codes)
        span = upgrades.period()
    whole = climbing.everything(span, code)
    kpis.row(climbing.cards(whole, span, code))
    cells, months = morning.upgrade_paths(whole), morning.upgrade_months(code)
    left, right = st.columns(2)
    with left:
        climbing.matrix(cells, code)
    with right:
        climbing.trend(months, code)
    left, right = st.columns(2)
    with left:
        climbing.changes(morning.upgrades(replace(whole, limit=1)), code)
    with right:
        climbing.trials(months)
    _list(whole, cells)
    level.draw(whole)


def _list(whole, cells) -> None:
    titles.draw(tr("Who moved up?"))
    wanted = upgrades.narrowed(whole, cells)
    found = morning.upgrades(replace(wanted, limit=1))
    if not found.total:
        if wanted == whole:
            notes.empty(
                tr("Nobody moved up in this period."), hint=tr("Choose a longer one above.")
            )
        else:
            filters.nothing(tr("No upgrade matches these filters."))
        return
    amounts = [fmt.signed(part.amount_minor, part.currency) for part in found.sums]
    told = fmt.joined((ntr("{count} upgrade", "{count} upgrades", found.total), *amounts))
    st.caption(tr("{found}. Choose a row to open its customer.", found=told))
    place = st.container()
    page = morning.upgrades(
        replace(wanted, limit=tables.PAGE_SIZE, offset=tables.pager(found.total))
    )
    with place:
        upgrades.table(page)


body()
