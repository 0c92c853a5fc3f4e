"""Portal: whether Stripe's customer portal does what the catalogue says, and making it so."""

import streamlit as st

from dashboard import data, navigation, session
from dashboard import format as fmt
from dashboard.ui import chrome, notes, portal
from lib.billing import Permission

session.guard(Permission.PORTAL)
chrome.head(navigation.BY_SLUG["portal"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a choice or the button redraws."""
    session.check(Permission.PORTAL)
    portal.outcome()
    planned, trouble = data.portal()
    if trouble:
        st.warning(fmt.md(trouble), icon=":material/cloud_off:")
    portal.verdict(planned, asked=not trouble)
    portal.problems(planned)
    for group in planned.groups:
        portal.group(group, planned.names)
    portal.grace()
    if not trouble and planned.todo and not planned.problems:
        portal.apply(planned)
    portal.remarks(planned)


body()
