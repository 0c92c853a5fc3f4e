"""Sync: whether the projection says what Stripe says, and what to do where it does not."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.language import tr
from dashboard.ui import (
    asking,
    board,
    chrome,
    deliveries,
    failures,
    following,
    health,
    kpis,
    notes,
    outgoing,
)
from lib.billing import Permission

staff = session.guard(Permission.SYNC)
chrome.head(navigation.BY_SLUG["sync"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a tab, a row or a button redraws."""
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
    drift, gaps, failed, arrived, told, asked = st.tabs(
        [
            tr("Drift"),
            tr("Gaps"),
            tr("Failed events"),
            tr("Deliveries"),
            tr("Outgoing"),
            tr("Requests"),
        ],
        key="board",
        on_change="rerun",
        bind="query-params",
    )
    if drift.open:
        with drift:
            board.draw("drift", staff)
    elif gaps.open:
        with gaps:
            board.draw("gap", staff)
    elif failed.open:
        with failed:
            failures.draw(staff)
    elif arrived.open:
        with arrived:
            deliveries.draw(delivered)
    elif told.open:
        with told:
            outgoing.draw(staff)
    elif asked.open:
        with asked:
            asking.requests()


body()
