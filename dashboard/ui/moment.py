"""The customer page at an earlier time: chosen by slider or by date, kept in the address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import tr
from lib.billing import CustomerView

PARAMETER: Final = "at"
HOUR: Final = 3_600
FIRST_STEP: Final = 30 * 86_400
"""How far the button goes back: the last invoice is then in the future."""


def wanted() -> int | None:
    """The unix second that the address names; None is now, as is what cannot be read."""
    try:
        named = datetime.fromisoformat(kept.params().get(PARAMETER, ""))
        second = int((named if named.tzinfo else named.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
    return second if 0 <= second < session.billing().now() else None


def button(view: CustomerView) -> None:
    """The way into the past, where there is one."""
    if wanted() is None and _reaches_back(view):
        since = view.known_since or 0
        st.button(
            tr("Earlier state"),
            key="earlier",
            type="tertiary",
            icon=":material/history:",
            help=tr("Shows this customer as it was at a time that you choose."),
            on_click=_go,
            args=(max(view.at - FIRST_STEP, since), since),
        )


def bar(view: CustomerView) -> None:
    """What time is shown, that actions are off, how to choose another and the way back."""
    zone = data.timezone()
    with st.container(border=True, key="moment", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                "**{}**".format(
                    tr(
                        "As it was on {time} {zone}: actions are off.",
                        time=fmt.clock(view.at, zone),
                        zone=zone,
                    )
                ),
                icon=":material/history:",
            )
            back()
        if _reaches_back(view):
            _choice(view, zone)


def back() -> None:
    """To the present."""
    st.button(tr("Back to now"), key="back_to_now", icon=":material/update:", on_click=_now)


def _reaches_back(view: CustomerView) -> bool:
    now = session.billing().now()
    return view.known_since is not None and now - view.known_since > HOUR


def _choice(view: CustomerView, zone: str) -> None:
    """Slider and field say the same time: the address holds it."""
    since = view.known_since or 0
    # Whole hours as bounds: an end that moved with the clock would make a new slider each time.
    first = _wall(since - since % HOUR, zone)
    last = _wall((session.billing().now() // HOUR + 1) * HOUR, zone)
    # Whole minutes: the field holds no seconds, and would report their loss as somebody's choice.
    shown = min(max(_wall(view.at - view.at % 60, zone), first), last)
    left, right = st.columns([3, 1], gap="medium", vertical_alignment="bottom")
    st.session_state["at_slider"] = st.session_state["at_field"] = shown
    with left:
        st.slider(
            tr("Time"),
            first,
            last,
            step=timedelta(hours=1),
            format=fmt.clock_format(),
            key="at_slider",
            on_change=_chosen,
            args=("at_slider", since, zone),
        )
    with right:
        st.datetime_input(
            tr("Exactly"),
            value=None,
            min_value=first,
            max_value=last,
            step=60,
            format="DD.MM.YYYY",
            key="at_field",
            on_change=_chosen,
            args=("at_field", since, zone),
        )


def _chosen(key: str, since: int, zone: str) -> None:
    picked = st.session_state.get(key)
    if picked is not None:
        _go(int(picked.replace(tzinfo=ZoneInfo(zone)).timestamp()), since)


def _go(second: int, since: int) -> None:
    moment = datetime.fromtimestamp(max(second, since), UTC)
    kept.params()[PARAMETER] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _now() -> None:
    kept.params().pop(PARAMETER, None)


def _wall(second: int, zone: str) -> datetime:
    """The business's wall clock, as widgets take it."""
    return datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=None)
