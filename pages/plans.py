"""Plans: what is sold, who holds older prices, and whom a change would reach."""

import streamlit as st

from dashboard import navigation, session
from dashboard.language import tr
from dashboard.ui import chrome, impact, notes, plan_check, plan_features, plan_prices, pricing
from lib.billing import Permission

staff = session.guard(Permission.PLANS)
chrome.head(navigation.BY_SLUG["plans"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a tab, a switch or a button redraws."""
    person = session.check(Permission.PLANS)
    catalog = session.billing().catalog
    shown, given, priced, checked, tried = st.tabs(
        [tr("Pricing tables"), tr("Features"), tr("Prices"), tr("Check"), tr("Impact")],
        key="view",
        on_change="rerun",
        bind="query-params",
    )
    if shown.open:
        with shown:
            pricing.draw(catalog)
    elif given.open:
        with given:
            plan_features.matrix(catalog)
    elif priced.open:
        with priced:
            plan_prices.draw(person)
    elif checked.open:
        with checked:
            plan_check.draw(catalog, person)
    elif tried.open:
        with tried:
            impact.draw(person)


body()
