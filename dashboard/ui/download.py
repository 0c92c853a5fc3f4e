"""The menu that takes a list away, as CSV, Excel or Parquet."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from dashboard import exports
from dashboard.session import Staff
from lib.billing import REPORTS, Form, Narrowing, Permission

FORMS: Final = (Form.CSV, Form.XLSX, Form.PARQUET)


def menu(name: str, narrowing: Narrowing, staff: Staff, *, key: str | None = None) -> None:
    """Beside a table: all its rows, whatever page is shown, as the report called ``name``.

    A page that has a table needs a report with the same rows (a row of `REPORTS` whose query takes
    the page's filters), and gives the filters that the table was read with:
    ``download.menu("winding-down", wanted, staff)``, in the container of the table's caption.
    ``key`` tells two menus of one report on one page apart. Those who may not export see the menu
    greyed, with the reason. Safe for spreadsheets, of any length, kept in the audit.
    """
    key = key or f"{name}_file"
    needed = {Permission.EXPORT, REPORTS[name].permission}
    if not needed <= staff.permissions:
        st.button(
            "Download",
            key=key,
            icon=":material/download:",
            disabled=True,
            help="Finance, founders and administrators may take lists away.",
        )
        return
    chosen = st.menu_button(
        "Download",
        FORMS,
        format_func=lambda form: form.label,
        key=key,
        icon=":material/download:",
        help="All rows that the filters leave, not only this page. Their order is the report's: "
        f"{REPORTS[name].order[:1].lower()}{REPORTS[name].order[1:]}.",
    )
    if chosen is not None:
        _fetch(exports.issue(name, narrowing, chosen))


csv_button = menu


def _fetch(address: str) -> None:
    """Let the browser fetch it beside the page, which stays as it is."""
    with st.container(key="fetching", width=1, height=1):
        st.html(
            "<script>{const a=document.createElement('a');"
            f"a.href={json.dumps(address)};a.download='';a.click();}}</script>",
            unsafe_allow_javascript=True,
        )
