"""The menu that takes a list away, as CSV, Excel or Parquet."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from dashboard import exports
from dashboard.language import mark, tr
from dashboard.session import Staff
from lib.billing import REPORTS, Form, Narrowing, Permission

REFUSALS: Final = {
    401: mark("Your sign-in has ended. Nothing was taken away; reload the page and sign in again."),
    403: mark("You may not take this away any more. Ask an administrator."),
    410: mark("The browser was too slow to fetch it. Nothing is lost; choose it again."),
    503: mark("The file could not be made. Nothing was kept; try it again."),
}
"""What the page says where no file comes, by the status that the browser is given."""

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
            tr("Download"),
            key=key,
            icon=":material/download:",
            disabled=True,
            help=tr("Finance, founders and administrators may take lists away."),
        )
        return
    with st.container(width="content", gap=None, key=f"{key}_menu"):
        chosen = st.menu_button(
            tr("Download"),
            FORMS,
            format_func=lambda form: form.label,
            key=key,
            icon=":material/download:",
            help=tr("All rows that the filters leave, not only this page, in the report's order."),
        )
        if chosen is not None:
            _fetch(exports.issue(name, narrowing, chosen))


csv_button = menu


def _fetch(address: str) -> None:
    """Let the browser fetch it beside the page, which stays as it is; say so where nothing comes.

    A file that a browser saves has no place for the words of an error, so the page asks for them.
    """
    key = address.rpartition("/")[2]
    told = {
        "file": address,
        "asked": f"/outcome/{key}",
        "place": f"file_{key}",
        "words": {status: tr(sentence) for status, sentence in REFUSALS.items()},
    }
    st.html(
        f'<p id="file_{key}" role="alert" hidden style="margin:0;max-width:32rem;'
        f'color:light-dark(#BB2D25,#EF7A72)"></p>'
        f"<script>{{const told={json.dumps(told)};{_SCRIPT}}}</script>",
        unsafe_allow_javascript=True,
    )


_SCRIPT: Final = """
const a=document.createElement('a');a.href=told.file;a.download='';a.click();
const look=async(tries)=>{
const status=await fetch(told.asked).then(answer=>answer.text()).catch(()=>'503');
if(status==='0'){if(tries)setTimeout(look,700,tries-1);return}
const place=document.getElementById(told.place);
if(place&&told.words[status]){place.textContent=told.words[status];place.hidden=false}};
setTimeout(look,400,100);
"""
