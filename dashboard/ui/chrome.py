"""What every page has: the sidebar, and a head with its question and how fresh the data is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import streamlit as st

from dashboard import addressed, attendance, data, keeping, remembered, session, signin
from dashboard import format as fmt
from dashboard.language import LANGUAGES, current, ntr, tr
from dashboard.ui import changes, lines, menu, notes, tour, views
from lib.billing import BillingError, DatabaseUnavailable, Freshness, Permission

if TYPE_CHECKING:
    from dashboard.navigation import PageRow
    from dashboard.session import Staff

MARK: Final = str(Path(__file__).with_name("mark.png"))
BEHIND: Final = 10
"""Seconds by which a replica may be behind without a word."""
WORDMARK: Final = str(Path(__file__).with_name("wordmark.png"))


def sidebar(staff: Staff, slug: str) -> None:
    """The mark on top; pages, search and saved views; who is signed in at the bottom."""
    st.logo(WORDMARK, size="large", icon_image=MARK)
    with st.sidebar:
        menu.draw(staff, slug)
        if slug != "overview" and staff.may(Permission.CUSTOMERS):
            changes.line(staff)
        views.menu(staff, slug)
        _person(staff)
        signin.remember()


def _person(staff: Staff) -> None:
    """Who is signed in, and what concerns them alone: one line, however much is above it."""
    with st.popover(
        fmt.md(staff.name), icon=":material/account_circle:", type="tertiary", key="person"
    ):
        st.text(staff.email)
        if staff.roles:
            tour.begin_again()
        _languages()
        st.button(
            tr("Sign out"),
            key="sign_out",
            icon=":material/logout:",
            type="tertiary",
            on_click=attendance.leave,
        )


def _languages() -> None:
    """What is chosen is kept for the person, not in the address: a pasted link speaks to each
    reader in their own language."""
    st.session_state["language_shown"] = current()
    st.segmented_control(
        tr("Language"),
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES.get(code, code),
        key="language_shown",
        required=True,
        label_visibility="collapsed",
        on_change=_speak,
    )


def _speak() -> None:
    staff = session.staff()
    if staff is None:
        return
    try:
        remembered.keep(staff, "language", st.session_state["language_shown"])
    except BillingError:
        pass  # it is spoken all the same, for as long as this session lasts
    addressed.anew()


def head(row: PageRow) -> None:
    """Title, the one line that says what the page answers, and the freshness line."""
    st.session_state["page_shown"] = row.slug
    with st.container(gap="xxsmall", key="head"):
        st.title(tr(row.title), anchor=False)
        st.caption(tr(row.question))
        _freshness_line(keeping.stamp().watermark)


@st.fragment(run_every="10s")
@notes.calmly
def _freshness_line(drawn: int) -> None:
    try:
        fresh = data.freshness()
    except DatabaseUnavailable as away:
        said = [lines.badge(tr("Database away"), "red", icon="cloud_off", help=str(away))]
        lines.draw([said], key="freshness")
        return
    if fresh.watermark == drawn:
        lines.draw([_told(fresh)], key="freshness")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        lines.draw([_told(fresh)], key="freshness", width="content")
        if st.button(
            tr("New events: refresh"), key="refresh", type="tertiary", icon=":material/refresh:"
        ):
            st.rerun()


def _told(fresh: Freshness) -> list[lines.Bit]:
    zone = data.timezone()
    shown = tr("As of {time} {timezone}", time=fmt.clock(fresh.now, zone), timezone=zone)
    told = lines.Bit(
        f"{shown} · {tr('Days and months in {timezone}', timezone=zone)}",
        "dim",
        help=tr(
            "The business time zone of portside.toml. Every day, week and month on this page, and "
            "in its files, begins at midnight there, unless a column says UTC."
        ),
    )
    return [told, _webhook(fresh), *_replica(fresh), _mode(fresh), *_failed(fresh)]


def _webhook(fresh: Freshness) -> lines.Bit:
    if fresh.last_webhook_at is None:
        hint = tr("Point a Stripe webhook endpoint at /webhooks/stripe, or import stored events.")
        return lines.badge(tr("No webhook yet"), "orange", icon="webhook", help=hint)
    told = tr("Last webhook {age} ago", age=fmt.span(fresh.now - fresh.last_webhook_at))
    if not fresh.stale:
        return lines.badge(told, "green", icon="webhook")
    hint = tr("Longer than usual. Check the endpoint in Stripe, or run portside doctor.")
    return lines.badge(told, "orange", icon="schedule", help=hint)


def _replica(fresh: Freshness) -> Iterator[lines.Bit]:
    if fresh.behind is not None and fresh.behind >= BEHIND:
        hint = tr("Pages are read from a copy of the database that has not caught up yet.")
        told = tr("{age} behind", age=fmt.span(fresh.behind))
        yield lines.badge(told, "orange", icon="history", help=hint)


def _mode(fresh: Freshness) -> lines.Bit:
    if fresh.livemode:
        return lines.badge(tr("Live"), "green", icon="sensors")
    return lines.badge(tr("Test mode"), "gray", icon="science")


def _failed(fresh: Freshness) -> Iterator[lines.Bit]:
    if fresh.failed:
        told = ntr("{count} failed event", "{count} failed events", fresh.failed)
        hint = tr("Kept in the inbox with its error. See Sync, Failed events.")
        yield lines.badge(told, "red", icon="sync_problem", help=hint)
