"""Says where the applied catalogue is not the one that these pages go by."""

from __future__ import annotations

import streamlit as st

from dashboard.language import say
from lib.billing import CatalogStanding


def notice(seen: CatalogStanding) -> None:
    """Nothing while all is well."""
    for sentence in seen.sentences():
        if seen.followed:
            st.info(say(sentence), icon=":material/sync:")
        else:
            st.warning(say(sentence), icon=":material/menu_book:")
