"""A link that was just made: shown once, its countdown, and what followed."""

from __future__ import annotations

import time

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import say, tr
from dashboard.ui import copying, notes
from lib.billing import LinkProgress, MintedLink, Permission


def show_once(link: MintedLink) -> None:
    """The link with its copy button and what to know about it, then what follows."""
    with st.container(border=True, key="link_once"):
        label, place = fmt.md(say(link.label)), fmt.md(say(link.destination))
        st.markdown(tr("{flow}: opens {place}", flow=f"**{label}**", place=place))
        copying.text(link.url, key="link_address")
        if link.expires_at is not None:
            _countdown(time.time(), link.expires_at - link.minted_at)
        if link.bearer:
            st.warning(
                tr(
                    "Anyone who opens this acts as the customer. It is shown once, here: the next "
                    "click in this panel removes it."
                ),
                icon=":material/key:",
            )
            st.caption(
                tr("It opens once; how long it waits for that is not told. Hand it over at once.")
                if link.once
                else tr(
                    "For an e-mail, the portal login page is the better way: it does not run out "
                    "and asks the customer to prove who they are."
                )
            )
    progress(link.link_id)


@st.fragment(run_every="1s")
def _countdown(minted: float, lasts: int) -> None:
    """How long the link still opens, by the wall clock: it is Stripe's time that runs out."""
    left = int(minted + lasts - time.time())
    if left <= 0:
        st.rerun()
    if left > 3600:
        st.caption(tr("Opens for another {span}.", span=fmt.span(left)))
        return
    clock = f"{left // 60}:{left % 60:02d}"
    st.progress(left / lasts, text=tr("Opens for another {clock} minutes", clock=clock))


@st.fragment(run_every="2s")
@notes.calmly
def progress(link_id: str) -> None:
    """Waits for the webhook and says what followed, never what was caused."""
    session.check(Permission.LINKS, by_itself=True)
    seen = _seen(link_id)
    zone = data.timezone()
    with st.container(key="link_progress", gap="small"):
        _outcome(seen, zone)
        if not seen.followed_by:
            return
        st.markdown(":material/done_all: **" + tr("What followed") + "**")
        for step in seen.followed_by:
            st.markdown(f"{fmt.clock(step.at, zone)} · {fmt.md(say(step.sentence))}")
        if st.button(tr("Refresh the page"), key="link_refresh", icon=":material/refresh:"):
            st.rerun()


def _outcome(seen: LinkProgress, zone: str) -> None:
    end = fmt.clock(seen.dead_at, zone)
    match seen.outcome:
        case "waiting":
            st.markdown(f":material/hourglass_top: {fmt.words(seen.outcome)} …")
            st.caption(tr("Until {time} at the latest.", time=end))
        case "no_change_seen":
            st.markdown(":material/link_off: " + tr("**No change seen.** The link is dead."))
            st.caption(
                tr(
                    "It could be used until {time} at the latest. Make a new one if needed.",
                    time=end,
                )
            )


def _seen(link_id: str) -> LinkProgress:
    """What became of the link, asked again only when something was written or its time is over.

    Anything else is one small query every two seconds, however much the customer has behind them.
    """
    billing = session.billing()
    mark = (link_id, billing.watermark())
    known: tuple[tuple[str, int], LinkProgress] | None = st.session_state.get("link_seen")
    if known is not None and known[0] == mark:
        seen = known[1]
        if seen.outcome != "waiting" or not seen.matured(billing.now()):
            return seen
    seen = billing.link_progress(link_id)
    st.session_state["link_seen"] = (mark, seen)
    return seen
