"""What every page has: the sidebar, and a head with its question and how fresh the data is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from dashboard import attendance, data, signin
from dashboard import format as fmt
from dashboard.ui import finding, notes, views
from lib.billing import DatabaseUnavailable, Freshness, Permission

if TYPE_CHECKING:
    from dashboard.navigation import PageRow
    from dashboard.session import Staff

MARK: Final = str(Path(__file__).with_name("mark.png"))
BEHIND: Final = 10
"""Seconds by which a replica may be behind without a word."""
WORDMARK: Final = str(Path(__file__).with_name("wordmark.png"))


def sidebar(staff: Staff, slug: str) -> None:
    """The mark on top; search and saved views from anywhere; who is signed in at the bottom."""
    st.logo(WORDMARK, size="large", icon_image=MARK)
    with st.sidebar:
        if slug != "customer" and staff.may(Permission.CUSTOMERS):
            finding.from_anywhere()
        views.menu(staff, slug)
        st.text(f"{staff.name}\n{staff.email}")
        st.button(
            "Sign out",
            key="sign_out",
            icon=":material/logout:",
            type="tertiary",
            on_click=attendance.leave,
        )
        signin.remember()


def head(row: PageRow) -> None:
    """Title, the one line that says what the page answers, and the freshness line."""
    st.session_state["page_shown"] = row.slug
    with st.container(gap="xxsmall", key="head"):
        st.title(row.title, anchor=False)
        st.caption(row.question)
        _freshness_line(data.freshness().watermark)


@st.fragment(run_every="10s")
@notes.calmly
def _freshness_line(drawn: int) -> None:
    try:
        fresh = data.freshness()
    except DatabaseUnavailable as away:
        st.badge("Database away", icon=":material/cloud_off:", color="red", help=fmt.md(str(away)))
        return
    timezone = data.timezone()
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="freshness", wrap=True
    ):
        st.caption(f"As of {fmt.clock(fresh.now, timezone)} {timezone}", width="content")
        st.caption(
            f"Days and months in {timezone}",
            width="content",
            help="The business time zone of portside.toml. Every day, week and month on this page, "
            "and in its files, begins at midnight there, unless a column says UTC.",
        )
        _webhook_badge(fresh)
        _replica_badge(fresh)
        if fresh.livemode:
            st.badge("Live", icon=":material/sensors:", color="green")
        else:
            st.badge("Test mode", icon=":material/science:", color="gray")
        if fresh.failed:
            st.badge(
                fmt.plural(fresh.failed, "failed event"),
                icon=":material/sync_problem:",
                color="red",
                help="Kept in the inbox with its error. See Sync, Failed events.",
            )
        if fresh.watermark != drawn and st.button(
            "New events: refresh", key="refresh", type="tertiary", icon=":material/refresh:"
        ):
            st.rerun()


def _replica_badge(fresh: Freshness) -> None:
    if fresh.behind is not None and fresh.behind >= BEHIND:
        st.badge(
            f"{fmt.span(fresh.behind)} behind",
            icon=":material/history:",
            color="orange",
            help="Pages are read from a copy of the database that has not caught up yet.",
        )


def _webhook_badge(fresh: Freshness) -> None:
    if fresh.last_webhook_at is None:
        st.badge(
            "No webhook yet",
            icon=":material/webhook:",
            color="orange",
            help="Point a Stripe webhook endpoint at /webhooks/stripe, or import stored events.",
        )
        return
    age = fmt.span(fresh.now - fresh.last_webhook_at)
    if fresh.stale:
        st.badge(
            f"Last webhook {age} ago",
            icon=":material/schedule:",
            color="orange",
            help="Longer than usual. Check the endpoint in Stripe, or run portside doctor.",
        )
    else:
        st.badge(f"Last webhook {age} ago", icon=":material/webhook:", color="green")
