"""Staff notes: read and written beside the customer, corrected by writing again."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import notes, tables, titles
from lib.billing import LONGEST_NOTE, BillingError, Permission, StaffNote

AT_ONCE: Final = 5


@st.fragment
@notes.calmly
def panel(customer_id: str) -> None:
    """The notes, the latest first, and the field for a new one."""
    staff = session.check(Permission.NOTES)
    with st.container(border=True, key="staff_notes", gap="small"):
        titles.draw(tr("Staff notes"))
        _field(customer_id)
        place = st.container(gap="small")
        total = session.billing().notes(customer_id, roles=staff.roles, limit=1).total
        offset = tables.pager(total, key="notes", size=AT_ONCE)
        page = session.billing().notes(customer_id, roles=staff.roles, limit=AT_ONCE, offset=offset)
        with place:
            for note in page.rows:
                _note(note)
            if not page.rows:
                st.caption(tr("No note yet. Only support and administrators read them."))


def _note(note: StaffNote) -> None:
    with st.container(gap=None):
        st.text(note.body)
        st.caption(fmt.joined((fmt.md(note.staff), fmt.clock(note.created_at, data.timezone()))))


def _field(customer_id: str) -> None:
    """One note a click. What was typed stays when it could not be kept."""
    key = f"note_{customer_id}"
    with st.form(f"{key}_form", border=False):
        st.text_area(
            tr("New note"),
            max_chars=LONGEST_NOTE,
            height=68,
            placeholder=tr("What should the next one know? A note cannot be changed afterwards."),
            label_visibility="collapsed",
            key=key,
        )
        st.form_submit_button(
            tr("Add note"),
            icon=":material/add_comment:",
            key="note_add",
            on_click=_keep,
            args=(customer_id, key),
        )
    if trouble := st.session_state.pop("note_trouble", None):
        st.error(fmt.md(trouble), icon=":material/error:")


def _keep(customer_id: str, key: str) -> None:
    """Before the page is drawn anew: so the list below has it, and the field can be emptied."""
    try:
        add(customer_id, st.session_state[key])
    except BillingError as error:
        st.session_state["note_trouble"] = str(error)
    else:
        st.session_state[key] = ""


def add(customer_id: str, body: str) -> int:
    """Keep the note for the person who is signed in. Raises BillingError."""
    staff = session.check(Permission.NOTES)
    return session.billing().add_note(customer_id, body, staff=staff.email, roles=staff.roles)
