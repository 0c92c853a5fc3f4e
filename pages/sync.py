"""Sync: whether the projection says what Stripe says, and what to do where it does not."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import mark, tr
from dashboard.ui import (
    asking,
    board,
    chrome,
    deliveries,
    failures,
    filters,
    following,
    health,
    kpis,
    notes,
    outgoing,
)
from lib.billing import Permission

staff = session.guard(Permission.SYNC)
chrome.head(navigation.BY_SLUG["sync"])

BOARDS = (
    mark("Drift"),
    mark("Gaps"),
    mark("Failed events"),
    mark("Deliveries"),
    mark("Outgoing"),
    mark("Requests"),
)


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a switch, a row or a button redraws."""
    seen = session.billing().health()
    known = seen.drift or seen.gaps or seen.failed
    if data.freshness().last_event_at is None and not known:
        notes.empty(
            tr("Nothing has arrived yet."),
            hint=tr(
                "Point a Stripe webhook endpoint at /webhooks/stripe, or run: portside backfill"
            ),
            icon=":material/inbox:",
        )
        return
    following.notice(session.billing().catalog_standing())
    delivered = data.deliveries()
    kpis.row(health.cards(seen, delivered))
    health.verdict(seen, delivered)
    match filters.switch(tr("Show"), "board", {name: name for name in BOARDS}):
        case "Gaps":
            board.draw("gap", staff)
        case "Failed events":
            failures.draw(staff)
        case "Deliveries":
            deliveries.draw(delivered)
        case "Outgoing":
            outgoing.draw(staff)
        case "Requests":
            asking.requests()
        case _:
            board.draw("drift", staff)


body()
