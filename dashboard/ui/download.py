"""The button that takes a list away as CSV."""

from __future__ import annotations

import streamlit as st

from dashboard import data
from dashboard.session import Staff
from lib.billing import Filters, Permission


def csv_button(name: str, filters: Filters, staff: Staff) -> None:
    """The whole filtered list, made when it is asked for, safe for spreadsheets."""
    if not staff.may(Permission.EXPORT):
        st.button(
            "Download CSV",
            key=f"{name}_csv",
            icon=":material/download:",
            disabled=True,
            help="Finance, founders and administrators may take lists away.",
        )
        return
    st.download_button(
        "Download CSV",
        data.exporter(name, filters),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{name}_csv",
        icon=":material/download:",
        on_click="ignore",
    )
