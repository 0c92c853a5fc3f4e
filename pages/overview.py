"""Overview: where the subscription business stands today, and what leaves it soon."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard.ui import chrome, filters, kpis, notes, standing
from lib.billing import Permission

session.guard(Permission.TOTALS)
chrome.head(navigation.BY_SLUG["overview"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that the choice of a currency redraws."""
    view = data.overview()
    if not view.currencies:
        notes.empty(
            "No subscription yet.",
            hint="Point a Stripe webhook endpoint at /webhooks/stripe, or run: portside backfill",
            icon=":material/inbox:",
        )
        return
    by_use = sorted(view.currencies, key=lambda money: (-money.paying_customers, money.currency))
    code = filters.currency([money.currency for money in by_use])
    money = next((m for m in view.currencies if m.currency == code), by_use[0])
    kpis.row(standing.cards(money))
    left, right = st.columns(2)
    with left:
        standing.leaving(money.currency)
    with right:
        standing.moving(money)
    standing.needs_you(money.currency)
    standing.changes(view, money.currency)


body()
