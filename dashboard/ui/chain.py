"""Whether the audit still stands as it was written: followed row by row, in words."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.language import ntr, tr
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
                tr("Check every row"),
                key="check_audit",
                icon=":material/rule:",
                help=tr(
                    "Follows the chain from the first row. Beside this, each look follows what "
                    "came since the last one."
                ),
            )
        if pressed:
            with st.spinner(tr("Following the chain …")):
                found = desk.check_audit(staff=staff.email, roles=staff.roles)
        else:
            found = desk.audit_chain(roles=staff.roles)
        with place:
            _told(found)


def _told(found: ChainState) -> None:
    if found.broken is not None:
        st.badge(
            tr("Broken at row {row}", row=found.broken), icon=":material/link_off:", color="red"
        )
        st.markdown(
            tr(
                "**Row {row} does not continue the chain: it, or a row before it, was changed or "
                "removed.** The rows above it still hold; compare with a backup.",
                row=found.broken,
            )
            if found.upto
            else tr(
                "**Row {row} does not continue the chain.** Compare with a backup.",
                row=found.broken,
            )
        )
    elif found.whole:
        st.badge(_upto(found), icon=":material/verified_user:", color="green")
    else:
        st.badge(_upto(found), icon=":material/hourglass_top:", color="orange")
        st.markdown(
            ntr(
                "{count} row not followed yet: reload the page to go on.",
                "{count} rows not followed yet: reload the page to go on.",
                found.total - found.rows,
            )
        )
    st.caption(
        ntr(
            "{count} row, sealed by a hash. The last seal is {seal}…: written down elsewhere, it "
            "proves later that nothing before it was changed.",
            "{count} rows, each sealed by a hash over the one before. The last seal is {seal}…: "
            "written down elsewhere, it proves later that nothing before it was changed.",
            found.rows,
            seal=found.hash[:16],
        )
    )


def _upto(found: ChainState) -> str:
    return tr("Verified up to row {row}", row=found.upto)
