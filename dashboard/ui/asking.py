"""Asking the one writer for something, following it until it is done, and the list of requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import notes, tables
from lib.billing import BillingError, Permission, StaffRequest

DOING: Final = {
    "check": mark("Checking"),
    "repair": mark("Repair"),
    "retry": mark("Retry"),
    "ignore": mark("Ignoring"),
    "close": mark("Month close"),
    "resend": mark("Sending again"),
}
COMPARISONS: Final = ("check", "repair")
RETRIES: Final = ("retry", "ignore")
RESENDS: Final = ("resend",)
STATES: Final = {"waiting": mark("Waiting"), "done": mark("Done"), "failed": mark("Failed")}
PATIENCE: Final = 60
"""Seconds after which a request should have been picked up."""


def press(act: Callable[[Staff], object]) -> None:
    """Carry a button's action out before the page is drawn; its refusal is shown by `trouble`."""
    st.session_state.pop("sync_trouble", None)
    try:
        act(session.check(Permission.REPAIR))
    except BillingError as error:
        st.session_state["sync_trouble"] = str(error)


def trouble() -> None:
    """What the last press came to, when it was refused."""
    said = st.session_state.pop("sync_trouble", None)
    if said:
        st.error(fmt.md(said), icon=":material/error:")


def waits(subject: str, actions: tuple[str, ...]) -> bool:
    """Whether one of ``actions`` is under way for this customer or event."""
    latest = session.billing().request_about(subject, actions=actions)
    return latest is not None and latest.state == "waiting"


def follow(subject: str, actions: tuple[str, ...], since: int = 0) -> None:
    """The latest of ``actions`` asked of ``subject`` after ``since``, followed until it ends."""
    every = "2s" if waits(subject, actions) else None
    st.fragment(_progress, run_every=every)(subject, actions, since)


@notes.calmly
def _progress(subject: str, actions: tuple[str, ...], since: int) -> None:
    session.check(Permission.SYNC, by_itself=True)
    latest = session.billing().request_about(subject, actions=actions)
    if latest is None or latest.at < since:
        return
    watched = st.session_state.setdefault("requests_watched", set())
    if latest.state == "waiting":
        watched.add(latest.request_id)
    elif latest.request_id in watched:
        # It ended before these eyes: the numbers and the boards around it are old now.
        watched.discard(latest.request_id)
        st.rerun()
    # What is asked of everyone and what is asked of one customer may be under way at once.
    with st.container(key="request_progress" if subject else "progress_of_all", gap="xxsmall"):
        _told(latest)


def _told(latest: StaffRequest) -> None:
    name = _doing(latest.action)
    zone, now = data.timezone(), session.billing().now()
    asked = tr("Asked by {who}, {when}.", who=fmt.md(latest.staff), when=fmt.clock(latest.at, zone))
    match latest.state:
        case "waiting":
            waiting = tr("**{what} is waiting to be carried out** …", what=name)
            st.markdown(f":material/hourglass_top: {waiting}")
            if now - latest.at > PATIENCE:
                late = tr("Nobody has picked it up yet: is portside serve running?")
                asked = f"{asked} {late}"
        case "done":
            done = tr("**Done.** {outcome}", outcome=fmt.md(latest.outcome))
            st.markdown(f":material/check_circle: {done}")
        case _:
            failed = tr("**It did not work.** {outcome}", outcome=fmt.md(latest.outcome))
            st.markdown(f":material/error: {failed}")
    st.caption(asked)


def _doing(action: str) -> str:
    return tr(DOING[action]) if action in DOING else fmt.words(action)


def _state(state: str) -> str:
    return tr(STATES[state]) if state in STATES else fmt.words(state)


def requests() -> None:
    """What staff asked for lately, and what came of it; looked at anew while something waits."""
    waiting = any(request.state == "waiting" for request in session.billing().requests())
    st.fragment(_requests, run_every="2s" if waiting else None)()


@notes.calmly
def _requests() -> None:
    session.check(Permission.SYNC, by_itself=True)
    asked = session.billing().requests()
    if not asked:
        notes.empty(
            tr("Nobody has asked for anything yet."),
            hint=tr("A repair, a check, a retry or an ignored event shows here with its outcome."),
            icon=":material/assignment:",
        )
        return
    zone, column = data.timezone(), st.column_config
    st.caption(
        ntr(
            "{count} request. portside serve carries it out.",
            "The last {count} requests. portside serve carries them out in order.",
            len(asked),
        )
    )
    tables.show(
        [
            {
                "at": fmt.moment(request.at, zone),
                "action": _doing(request.action),
                "subject": request.subject or tr("Everything"),
                "state": [_state(request.state)],
                "outcome": request.outcome,
                "staff": request.staff,
                "reason": request.reason,
            }
            for request in asked
        ],
        {
            "at": column.DatetimeColumn(tr("Asked"), width=135),
            "action": column.TextColumn(tr("What"), width=110),
            "subject": column.TextColumn(tr("About"), width=230),
            "state": tables.badge(tr("State"), width=100),
            "outcome": column.TextColumn(tr("Outcome"), width=300),
            "staff": column.TextColumn(tr("By"), width=150),
            "reason": column.TextColumn(tr("Reason"), width=170),
        },
        key="requests",
        ids=[f"{request.request_id}:{request.state}" for request in asked],
        alt=tr("What staff asked for, the latest first"),
        choose=False,
    )
