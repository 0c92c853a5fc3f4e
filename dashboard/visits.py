"""When the person was here before this visit: kept per person, so that reloads, other tabs and
other machines share it. It is written when a visit begins and every ten minutes of it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import keeping, session
from dashboard.session import Staff
from lib.billing import BillingError, ChangeItem, Changes, Listing, Visit, visit_of, visiting

KEPT_AS: Final = "last_here"
_VISIT: Final = "visit"


def keep(staff: Staff | None) -> None:
    """Once a run: this person is here. Trouble with keeping it keeps nobody from the page."""
    if staff is None or not staff.roles:
        return
    try:
        _keep(staff)
    except BillingError:
        return  # the page says what is missing


def _keep(staff: Staff) -> None:
    desk = session.billing()
    now, acted = desk.now(), st.session_state.get(session.ACTED)
    mine: tuple[str, Visit] | None = st.session_state.get(_VISIT)
    known = mine[1] if mine is not None and mine[0] == staff.email else None
    if known is None or visiting(known, now, acted) != known:
        # Another tab may have kept a later sign.
        known = visit_of(desk.staff_choices(staff.email, roles=staff.roles).get(KEPT_AS))
    here = visiting(known, now, acted)
    if here != known:
        desk.choose(staff.email, KEPT_AS, here.spelled(), roles=staff.roles)
    st.session_state[_VISIT] = (staff.email, here)


def since() -> int | None:
    """When the visit before this one ended; None on the first."""
    kept: tuple[str, Visit] | None = st.session_state.get(_VISIT)
    return kept[1].since if kept is not None else None


def changes(since: int, staff: Staff) -> Changes:
    """Counted every five minutes: what was undone is read from everything that was seen."""
    return keeping.counted(
        "changes", lambda desk: desk.changes(since, roles=staff.roles), since, staff.roles
    )


def changed(
    found: Changes, group: str, staff: Staff, limit: int, offset: int
) -> Listing[ChangeItem]:
    """One page of who is behind a group of what was found."""
    return keeping.counted(
        "changed",
        lambda desk: desk.changed(
            group, found.since, found.now + 1, roles=staff.roles, limit=limit, offset=offset
        ),
        group,
        found.since,
        found.now,
        staff.roles,
        limit,
        offset,
    )
