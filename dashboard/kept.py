"""What choices of our own hold, which the address says.

Their elements write it into the browser's address themselves (``dashboard/drawing/choice.js``):
Streamlit's would draw the whole app with the new address before it asked the server. So Streamlit's
memory of the address, which comes with every question, is of before; what is held is put into it
before anybody reads or writes it, or an old choice would be sent back to the browser.

A page's choices wait for it while others are looked at. Only what is said to hold everywhere, like
a currency, goes along: a list that came narrowed by what was chosen elsewhere would look complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import QueryParamsProxy

from dashboard import turned

MARK: Final = "whole"
"""In the address of a link: the names that it says. In the browser's a choice takes it out."""
_SAID: Final = "kept_said"
_NAMES: Final = "kept_names"
_PAGE: Final = "kept_page"
_LEFT: Final = "kept_left"
_LED: Final = "kept_led"
_GOING: Final = "kept_going"


def begin() -> bool:
    """Before a page runs; answers whether another one was left for it. The address counts when it
    leads to another page, or is gone back to; on a page what is held does."""
    running = get_script_run_ctx()
    if running is None:
        return False
    before = st.session_state.get(_PAGE)
    left = before != running.page_script_hash
    if left:
        _turn(running.page_script_hash)
        _let_go(name for name in _names() if name in st.query_params)
    if turned.by_menu(running):
        running.is_history_navigation = False
    if running.is_history_navigation:
        forget()
        _let_go(_names())
    return left and before is not None


def led(left: bool) -> bool:
    """Whether a link led here just now. One to another page stays in Streamlit's memory, which
    comes with it again until it is told otherwise."""
    running = get_script_run_ctx()
    if running is None:
        return False
    known = st.session_state.get(_LED)
    if MARK not in st.query_params:
        if not st.session_state.pop(_GOING, False):
            st.session_state[_LED] = None
        return False
    if not left and known == running.query_string:
        return False
    st.session_state[_LED] = running.query_string if left else None
    st.session_state[_GOING] = left
    return True


def forget() -> None:
    """The address is another now: what it says counts."""
    st.session_state[_SAID] = {}


def become(query: Mapping[str, Sequence[str]]) -> None:
    """Streamlit's memory of the address is ``query``. The browser is not told: while a page is left
    it would give the old one that query, as a step that the way back would lead to."""
    running = get_script_run_ctx()
    if running is None:
        return
    with running.session_state.query_params() as known:
        known.clear_with_no_forward_msg()
        for name, words in query.items():
            known.set_with_no_forward_msg(name, _told(words))
    running.query_string = urlencode(query, doseq=True)


def params() -> QueryParamsProxy:
    """The address's query, with what is held in it."""
    _put()
    return st.query_params


def page() -> str | None:
    """Which page is drawn."""
    found: str | None = st.session_state.get(_PAGE)
    return found


def place(name: str) -> str:
    """What the choice that holds ``name`` is called among the page's elements."""
    return f"{name}_choice"


def say(name: str, words: Sequence[str], *, everywhere: bool = False) -> None:
    """From now on the address of this page has ``words`` under ``name``, as long as its choice is
    drawn; none: not the name. ``everywhere``: other pages that know the name begin with it."""
    st.session_state.setdefault(_NAMES, {})[name] = everywhere
    st.session_state.setdefault(_SAID, {})[name] = list(words)
    _put(drawing=name)


def _names() -> dict[str, bool]:
    """Every name that was said → whether it goes along."""
    found: dict[str, bool] = st.session_state.get(_NAMES, {})
    return found


def _turn(page: str) -> None:
    """Put away what was chosen on the page that is left, and take out what was on ``page``."""
    left = st.session_state.setdefault(_LEFT, {})
    staying = [name for name, everywhere in _names().items() if not everywhere]
    held = {name: st.session_state[name] for name in staying if name in st.session_state}
    left[st.session_state.get(_PAGE)] = held
    _let_go(staying)
    for name, value in left.get(page, {}).items():
        st.session_state[name] = value
    st.session_state[_PAGE] = page
    forget()


def _let_go(names: Iterable[str]) -> None:
    for name in list(names):
        st.session_state.pop(name, None)


def _put(drawing: str = "") -> None:
    """``drawing``: whose element is about to be drawn."""
    said: dict[str, list[str]] = st.session_state.get(_SAID, {})
    running = get_script_run_ctx()
    if running is None:
        return
    for name in said:
        if name != drawing and place(name) not in st.session_state:
            said[name] = []  # what is not drawn narrows nothing
    # The public way would tell the browser of each, which adds a step to its way back.
    with running.session_state.query_params() as query:
        marked = query.get(MARK)
        for name in [each for each in query if marked is not None and each != MARK]:
            if name not in marked.split(","):
                query.discard_param_no_forward_msg(name)
        for name, words in said.items():
            if words:
                query.set_with_no_forward_msg(name, _told(words))
            else:
                query.discard_param_no_forward_msg(name)
    if marked is not None:
        del st.query_params[MARK]  # from now on what comes with a question is without it
    if marked is not None or running.fragment_ids_this_run:
        st.session_state[_LED] = None


def _told(words: Sequence[str]) -> str | list[str]:
    return list(words) if len(words) != 1 else words[0]
