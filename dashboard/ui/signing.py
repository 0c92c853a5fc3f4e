"""Before a close: what is still open and where it is mended, the button, and the last question."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import data, navigation, session
from dashboard import format as fmt
from dashboard.language import current, say, tr
from dashboard.session import Staff
from dashboard.ui import asking, notes, primary, sealed
from lib.billing import BillingError, CloseOverview, OpenPoint, Permission

CLOSES: Final = ("close",)
RECENT: Final = 600
"""Seconds for which the outcome of a close stays above the list."""
_TROUBLE: Final = "close_trouble"
_OPEN: Final = "close_question"
"""In the session while the last question is asked."""


def next_month(view: CloseOverview, staff: Staff) -> None:
    """The month whose turn it is, with its checklist; or that nothing is to be closed."""
    if not view.choices:
        _followed(view)
        return
    month = view.choices[0]
    with st.container(border=True, key="next_month"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                tr("**{month}** is over and not closed.", month=sealed.name(month)), width="stretch"
            )
            _button(view, month, staff)
        _refused()
        _followed(view)
        _points(view.points)


def _button(view: CloseOverview, month: str, staff: Staff) -> None:
    may = staff.may(Permission.CLOSE)
    waits = asking.waits(month, CLOSES)
    st.button(
        primary.label(tr("Close {month}", month=sealed.name(month))),
        key="close_month",
        type="primary",
        icon=":material/lock:",
        disabled=not may or waits,
        help=None if may else tr("Finance and administrators close months."),
        on_click=_open,
    )
    if st.session_state.get(_OPEN):
        _asked(view)


def _open() -> None:
    st.session_state[_OPEN] = True


def _shut() -> None:
    st.session_state.pop(_OPEN, None)


def _asked(view: CloseOverview) -> None:
    """In a dialog, whose title is in the reader's language."""
    st.dialog(tr("Close a month"), icon=":material/lock:", on_dismiss=_shut)(_question)(view)


@notes.calmly
def _question(view: CloseOverview) -> None:
    if not st.session_state.get(_OPEN):
        st.rerun()
    session.check(Permission.CLOSE)
    month = view.choices[0]
    if len(view.choices) > 1:
        month = st.selectbox(
            tr("Which month is the first to be closed?"),
            view.choices,
            format_func=sealed.name,
            key="close_first",
            help=tr("Everything before it becomes its opening balance and can never be closed."),
        )
    points = [p for p in session.billing().open_points(month) if p.count and p.blocks]
    st.markdown(
        tr(
            "The figures of **{month}** are frozen under a seal. Whatever changes in it afterwards "
            "appears as a restatement, by customer and cause. This cannot be undone.",
            month=sealed.name(month),
        )
    )
    if not any(item.state == "closed" for item in view.months):
        st.markdown(
            tr("It is the first close: what was before becomes its opening balance for good.")
        )
    reason = ""
    if points:
        st.warning(
            tr(
                "This is open and could still change it: {points}.",
                points=", ".join(map(_small, points)),
            ),
            icon=":material/warning:",
        )
        reason = st.text_input(
            tr("Why close it anyway?"), key="close_reason", max_chars=300
        ).strip()
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button(tr("Not now"), key="close_cancel", on_click=_shut)
        st.button(
            primary.label(tr("Close it")),
            key="close_confirm",
            type="primary",
            icon=":material/lock:",
            disabled=bool(points) and not reason,
            on_click=_ask,
            args=(month, reason),
        )


def _ask(month: str, reason: str) -> None:
    _shut()
    st.session_state.pop(_TROUBLE, None)
    try:
        person = session.check(Permission.CLOSE)
        session.billing().request_close(
            month, staff=person.email, roles=person.roles, reason=reason
        )
        st.session_state["close_asked"] = month
    except BillingError as error:
        st.session_state[_TROUBLE] = str(error)


def _refused() -> None:
    said = st.session_state.pop(_TROUBLE, None)
    if said:
        st.error(fmt.md(said), icon=":material/error:")


def _followed(view: CloseOverview) -> None:
    """What became of the close that was asked for last."""
    asked = st.session_state.get("close_asked")
    month = asked or (view.choices[0] if view.choices else view.months[0].month)
    asking.follow(month, CLOSES, since=data.freshness().now - RECENT)


def _points(points: tuple[OpenPoint, ...]) -> None:
    """Each point in a line: whether it is settled, and the way to where it is mended."""
    open_ones = [point for point in points if point.count]
    if not open_ones:
        st.badge(tr("Nothing is open"), icon=":material/check_circle:", color="green")
    for point in open_ones:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(
                _counted(point),
                icon=":material/error:" if point.blocks else ":material/info:",
                color="red" if point.blocks else "orange",
            )
            st.caption(f"{say(point.means)} {say(point.remedy)}", width="stretch")
            if point.page is not None:
                _way(point)
    settled = [_small(point) for point in points if not point.count]
    if open_ones and settled:
        st.caption(tr(":material/check: None: {points}.", points=" · ".join(settled)))


def _counted(point: OpenPoint) -> str:
    label = say(point.label)
    return label if point.slug in ("rules", "late") else f"{label}: {fmt.number(point.count)}"


def _small(point: OpenPoint) -> str:
    """The same inside a sentence."""
    counted = _counted(point) if point.count else say(point.label)
    return counted if current() == "de" else counted[0].lower() + counted[1:]


def _way(point: OpenPoint) -> None:
    row = navigation.BY_SLUG[point.page or ""]
    if st.button(
        tr("Open {page}", page=tr(row.title)),
        key=f"mend_{point.slug}",
        type="tertiary",
        icon=row.icon,
    ):
        query = {"board": point.tab} if point.tab else {}
        navigation.open_page(row.slug, **query)
