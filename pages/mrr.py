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
    """Everything that a choice or a bar redraws."""
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
    match rolling.view():
        case "Receipts":
            receipts.draw(rolled, rolling.period(rolled), wanted.currency)
        case "Self-audit":
            self_audit.draw(wanted.currency, staff)
        case "Policy bridge":
            bridge.draw(rolled.currency, staff)
        case _:
            _moved(rolled, wanted)


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
