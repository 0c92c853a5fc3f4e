"""What is remembered of the person at this browser: read once a session, kept when it changes."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import session
from dashboard.session import Staff
from lib.billing import BillingError

_HELD: Final = "remembered"


def choices(staff: Staff | None) -> dict[str, str]:
    """Name → value; nothing for who has not signed in, or while the database is away."""
    if staff is None:
        return {}
    whose, found = st.session_state.get(_HELD, (None, {}))
    if whose != staff.email:
        try:
            found = session.desk().staff_choices(staff.email, roles=staff.roles)
        except BillingError:
            return {}  # the page says so
        st.session_state[_HELD] = (staff.email, found)
    return dict(found)


def keep(staff: Staff, name: str, value: str) -> None:
    """Remember ``value`` from now on. Raises what the desk raises; this session has it anyway."""
    st.session_state[_HELD] = (staff.email, choices(staff) | {name: value})
    session.billing().choose(staff.email, name, value, roles=staff.roles)
