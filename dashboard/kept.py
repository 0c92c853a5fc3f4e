"""What choices of our own hold, which the address says.

Their elements write it into the browser's address themselves (``dashboard/drawing/choice.js``):
Streamlit's would draw the whole app with the new address before it asked the server. So Streamlit's
memory of the address, which comes with every question, is of before; what is held is put into it
before anybody reads or writes it, or an old choice would be sent back to the browser.

A page's choices wait for it while others are looked at. Only what is said to hold everywhere, like
a currency, goes along: a list that came narrowed by what was chosen elsewhere would look complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import QueryParamsProxy

_SAID: Final = "kept_said"
_NAMES: Final = "kept_names"
_PAGE: Final = "kept_page"
_LEFT: Final = "kept_left"


def begin() -> None:
    """Before a page runs. The address counts when it leads to another page, or is gone back to;
    on a page what is held does."""
    running = get_script_run_ctx()
    if running is None:
        return
    if st.session_state.get(_PAGE) != running.page_script_hash:
        _turn(running.page_script_hash)
        _let_go(name for name in _names() if name in st.query_params)
    if running.is_history_navigation:
        forget()
        _let_go(_names())
    _put()


def forget() -> None:
    """The address is another now: what it says counts."""
    st.session_state[_SAID] = {}


def params() -> QueryParamsProxy:
    """The address's query, with what is held in it."""
    _put()
    return st.query_params


def say(name: str, words: Sequence[str], *, everywhere: bool = False) -> None:
    """From now on the address of this page has ``words`` under ``name``; none: not the name.
    ``everywhere``: other pages that know the name begin with it."""
    names = st.session_state.setdefault(_NAMES, {})
    names[name] = everywhere
    st.session_state.setdefault(_SAID, {})[name] = list(words)
    _put()


def _names() -> dict[str, bool]:
    """Every name that was said → whether it goes along."""
    return st.session_state.get(_NAMES, {})


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


def _put() -> None:
    said: dict[str, list[str]] = st.session_state.get(_SAID, {})
    running = get_script_run_ctx()
    if not said or running is None:
        return
    # The public way would tell the browser of each, which adds a step to its way back.
    with running.session_state.query_params() as query:
        for name, words in said.items():
            if words:
                query.set_with_no_forward_msg(name, words if len(words) > 1 else words[0])
            else:
                query.discard_param_no_forward_msg(name)
