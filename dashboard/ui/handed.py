"""A link that was just made: shown once, its countdown, and what followed."""

from __future__ import annotations

import time

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import notes
from lib.billing import MintedLink, Permission


def show_once(link: MintedLink) -> None:
    """The link with its copy button and what to know about it, then what follows."""
    with st.container(border=True, key="link_once"):
        st.markdown(f"**{fmt.md(link.label)}**: opens {fmt.md(link.destination)}")
        st.code(link.url, language=None, wrap_lines=True)
        if link.expires_at is not None:
            _countdown(time.time(), link.expires_at - link.minted_at)
        if link.bearer:
            st.warning(
                "Anyone who opens this acts as the customer. It is shown once, here: the next "
                "click in this panel removes it.",
                icon=":material/key:",
            )
            st.caption(
                "For an e-mail, the portal login page is the better way: it does not run out and "
                "asks the customer to prove who they are."
            )
    progress(link.link_id)


@st.fragment(run_every="1s")
def _countdown(minted: float, lasts: int) -> None:
    """How long the link still opens, by the wall clock: it is Stripe's time that runs out."""
    left = int(minted + lasts - time.time())
    if left <= 0:
        st.rerun()
    if left > 3600:
        st.caption(f"Opens for another {fmt.span(left)}.")
        return
    st.progress(left / lasts, text=f"Opens for another {left // 60}:{left % 60:02d} minutes")


@st.fragment(run_every="2s")
@notes.calmly
def progress(link_id: str) -> None:
    """Waits for the webhook and says what followed, never what was caused."""
    session.check(Permission.LINKS)
    seen = session.billing().link_progress(link_id)
    zone = data.timezone()
    with st.container(key="link_progress", gap="small"):
        if not seen.followed_by:
            st.markdown(f":material/hourglass_top: {fmt.words(seen.outcome)} …")
            return
        st.markdown(":material/done_all: **What followed**")
        for step in seen.followed_by:
            st.markdown(f"{fmt.clock(step.at, zone)} · {fmt.md(step.sentence)}")
        if st.button("Refresh the page", key="link_refresh", icon=":material/refresh:"):
            st.rerun()
