"""Audit: who did what for whom and why, and whether the record still stands as it was written."""

import streamlit as st

from dashboard import navigation, session
from dashboard.ui import acts, chain, chrome, notes
from lib.billing import Permission

staff = session.guard(Permission.AUDIT)
chrome.head(navigation.BY_SLUG["audit"])


@st.fragment
@notes.calmly
def body() -> None:
    """Everything that a filter, a page or a button redraws."""
    chain.verdict()
    acts.draw()


body()
