"""Whether the audit still stands as it was written: followed row by row, in words."""

from __future__ import annotations

import streamlit as st

from dashboard import format as fmt
from dashboard import session
from lib.billing import ChainState, Permission


def verdict() -> None:
    """The state of the chain, and the button that follows all of it again."""
    staff = session.check(Permission.AUDIT)
    desk = session.billing()
    if not desk.audit_chain(roles=staff.roles).total:
        return
    with st.container(border=True, key="chain", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            place = st.container(gap="xsmall", width="stretch")
            pressed = st.button(
                "Check every row",
                key="check_audit",
                icon=":material/rule:",
                help="Follows the chain from the first row. Beside this, each look follows what "
                "came since the last one.",
            )
        if pressed:
            with st.spinner("Following the chain …"):
                found = desk.check_audit(staff=staff.email, roles=staff.roles)
        else:
            found = desk.audit_chain(roles=staff.roles)
        with place:
            _told(found)


def _told(found: ChainState) -> None:
    if found.broken is not None:
        st.badge(f"Broken at row {found.broken}", icon=":material/link_off:", color="red")
        st.markdown(
            f"**Row {found.broken} does not continue the chain: it, or a row before it, was "
            "changed or removed.** The rows above it still hold; compare with a backup."
            if found.upto
            else f"**Row {found.broken} does not continue the chain.** Compare with a backup."
        )
    elif found.whole:
        st.badge(f"Verified up to row {found.upto}", icon=":material/verified_user:", color="green")
    else:
        st.badge(
            f"Verified up to row {found.upto}", icon=":material/hourglass_top:", color="orange"
        )
        left = found.total - found.rows
        st.markdown(f"{fmt.plural(left, 'row')} not followed yet: reload the page to go on.")
    st.caption(
        f"{fmt.plural(found.rows, 'row')}, each sealed by a hash over the one before. The last "
        f"seal is {found.hash[:16]}…: written down elsewhere, it proves later that nothing before "
        "it was changed."
    )
