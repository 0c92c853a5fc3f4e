"""The button that prints: the document opens in a tab of its own, and the browser asks how."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from dashboard import printing
from dashboard.language import tr
from dashboard.ui import notes
from lib.billing import Permission, Printed


@st.fragment
@notes.calmly
def button(make: Callable[[], Printed], *needed: Permission, key: str, help: str) -> None:
    """``make`` gives the document when the button is pressed; ``needed`` is looked at again when
    the browser opens it."""
    with st.container(width="content", gap=None, key=f"{key}_place"):
        if st.button(tr("Print"), key=key, icon=":material/print:", type="tertiary", help=help):
            _open(printing.issue(make(), *needed))


def _open(address: str) -> None:
    """In a tab, with the browser's own question over it; saved where a tab may not be opened.

    The document has no script of its own: the page asks for it.
    """
    st.html(
        "<script>{const address="
        f"{json.dumps(address)};"
        "const tab=window.open(address);"
        "if(tab){tab.addEventListener('load',()=>tab.print());}"
        "else{const a=document.createElement('a');a.href=address;a.download='';a.click();}}"
        "</script>",
        unsafe_allow_javascript=True,
    )
