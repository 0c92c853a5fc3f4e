"""Plans: what is sold, who holds older prices, and whom a change would reach."""

import streamlit as st

from dashboard import navigation, session
from dashboard.language import mark, tr
from dashboard.ui import (
    chrome,
    filters,
    impact,
    notes,
    plan_check,
    plan_features,
    plan_prices,
    pricing,
)
from lib.billing import Permission

staff = session.guard(Permission.PLANS)
chrome.head(navigation.BY_SLUG["plans"])

VIEWS = (
    mark("Pricing tables"),
    mark("Features"),
    mark("Prices"),
    mark("Check"),
    mark("Impact"),
)


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a switch or a button redraws."""
    person = session.check(Permission.PLANS)
    catalog = session.billing().catalog
    match filters.switch(tr("Show"), "view", {name: name for name in VIEWS}):
        case "Features":
            plan_features.matrix(catalog)
        case "Prices":
            plan_prices.draw(person)
        case "Check":
            plan_check.draw(catalog, person)
        case "Impact":
            impact.draw(person)
        case _:
            pricing.draw(catalog)


body()
