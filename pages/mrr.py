"""MRR: how it got from opening to closing, and the rows behind each number."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import tr
from dashboard.ui import (
    beside,
    bridge,
    chrome,
    defined,
    kpis,
    notes,
    receipts,
    rolling,
    rolling_cards,
    self_audit,
)
from lib.billing import Permission

staff = session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["mrr"])

MOVES = tuple(
    f"{kind}_mrr" for kind in ("new", "reactivation", "expansion", "contraction", "churned")
)


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a choice, a bar or a tab redraws."""
    session.check(Permission.TOTALS)
    codes = data.mrr_currencies()
    if not codes:
        notes.empty(
            tr("No MRR yet."),
            hint=tr("The roll-forward shows here with the first paying subscription."),
            icon=":material/inbox:",
        )
        return
    wanted = rolling.asked(codes)
    rolled = data.roll_forward(wanted.currency, wanted.by, wanted.back)
    kpis.row(rolling_cards.cards(rolled, wanted.by))
    rolling.remarks(rolled)
    moved, behind, audited, bridged = st.tabs(
        [tr(name) for name in rolling.TABS], key="view", on_change="rerun", bind="query-params"
    )
    if moved.open:
        with moved:
            _moved(rolled, wanted)
    elif behind.open:
        with behind:
            line = rolling.period(rolled)
            receipts.draw(rolled, line, wanted.currency)
    elif audited.open:
        with audited:
            self_audit.draw(wanted.currency, staff)
    elif bridged.open:
        with bridged:
            bridge.draw(rolled.currency, staff)


def _moved(rolled, wanted) -> None:
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        with beside.apart():
            defined.title(tr("What moved MRR?"), *MOVES)
            line = rolling.period(rolled)
        rolling.waterfall(line, reporting=rolled.reporting)
    with right.container(border=True, height="stretch"):
        defined.title(tr("Where is MRR going?"), "mrr", "committed_mrr")
        rolling.trend(wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(tr("Choose a row to see what moved MRR then."), width="stretch")
        rolling.file(rolled, wanted, staff)
    rolling.table(rolled, line)


body()
