"""Overview: where the subscription business stands today, and what leaves it soon."""

import streamlit as st

from dashboard import data, kept, morning, navigation, session
from dashboard.language import tr
from dashboard.ui import (
    changes,
    chrome,
    filters,
    kpis,
    needs,
    notes,
    outlook,
    runway,
    standing,
    tables,
    titles,
    upgrades,
)
from lib.billing import Permission, Runway

staff = session.guard(Permission.TOTALS)


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that the choice of a currency or of a week redraws."""
    session.check(Permission.TOTALS)
    tables.open_remembered()
    begun = early.pop() if early else morning.begin(_likely_currency(), data.overview)
    view = data.overview()
    if not view.currencies:
        notes.empty(
            tr("No subscription yet."),
            hint=tr(
                "Point a Stripe webhook endpoint at /webhooks/stripe, or run: portside backfill"
            ),
            icon=":material/inbox:",
        )
        return
    by_use = sorted(view.currencies, key=lambda money: (-money.paying_customers, money.currency))
    code = filters.currency([money.currency for money in by_use])
    money = next((m for m in view.currencies if m.currency == code), by_use[0])
    if begun != money.currency:
        morning.begin(money.currency)
    morning.showed(money.currency)
    ahead = morning.runway(money.currency)
    kpis.row(standing.cards(money, morning.standing_months(money.currency), ahead))
    _moving(money.currency, ahead)
    needs.draw(money, staff)
    place = st.container()
    _latest(money.currency)
    with place:
        found = outlook.read(money.currency)
        with st.grid(2, min_column_width=400, gap="small"):  # narrower ones would hide columns
            outlook.insights(found, staff)
            outlook.largest(found)


def _likely_currency() -> str:
    said = st.session_state.get("currency") or kept.params().get("currency", "").lower()
    return said or morning.likely_currency()


@st.fragment
@notes.calmly
def _moving(code: str, ahead: Runway) -> None:
    """What came and what leaves; the choice of a week redraws no more than this."""
    session.check(Permission.TOTALS)
    tables.open_remembered()
    left, right = st.columns(2)
    with left:
        standing.bridge(morning.this_month(code))
    with right:
        runway.draw(ahead)
    runway.behind(ahead)


def _latest(code: str) -> None:
    page, row = morning.latest(code), navigation.BY_SLUG["upgrades"]
    words = tr("Open {page}", page=tr(row.title))
    way = titles.Way(words, row.slug, (("currency", code.upper()),))
    titles.draw(tr("Who moved up lately?"), way=way)
    if not page.total:
        notes.empty(
            tr("Nobody has moved up in 90 days."),
            hint=tr("Upgrades and first payments show here."),
        )
        return
    upgrades.table(page, brief=True)


# For the first body alone: a click that redraws it begins by itself.
early = [morning.begin(_likely_currency(), data.overview)]
chrome.head(navigation.BY_SLUG["overview"])
place = st.container()
body()
with place:
    changes.strip(staff)
