"""A link's whole address reaches the page that it leads to.

When a page is left, Streamlit takes from the new address whatever the old page has bound under the
same name: a view saved in euros, opened from another page with currencies, would come up in
dollars; and it adds what the old page had in its own. On the page itself it keeps the values and
empties the address. So a link of ours carries a mark that names what it says, and that alone is put
in place again before the page runs.

Streamlit keeps the words of a choice in the address, so what was written in another language is
put into the reader's first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import kept, language, session
from lib.billing import BillingError

_ASKED: Final = "address_asked"
_AGAIN: Final = "address_again"
_READ: Final = "address_read"
TYPED: Final = frozenset(
    {"q", "find", "customer", "invoice", "event", "letter", "finding", "after", "exact"}
)
"""What people and Stripe call things is nobody's language."""
HELD: Final = frozenset(
    """
    acts as back board bridge bridge_page bucket buckets by causes changes currencies currency days
    divided drift_page ended entries event_page fates features find gap_page in intervals kinds
    letter_page level level_page marks measure methods month move notes of outcomes page part path
    period plans prices_in q reason reasons recovered restated_page savable scale since_page sort
    split stays statuses tab table term tested to view week who
    """.split()
)
"""Names under which a choice is kept in the address, on any page: a page that a link leads to
begins without what another chose under the same name."""
_OF_PLANS: Final = frozenset({"plans", "path", "move"})
_ARROW: Final = " → "


def marked(query: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """``query`` of a link to a page with filters; one without a query needs no mark."""
    pairs = list(query.items() if isinstance(query, Mapping) else query)
    names = dict.fromkeys(name for name, _ in pairs)
    return [*pairs, (kept.MARK, ",".join(names))] if pairs else []


def arrive() -> None:
    """Before a page runs: if a link led here, its whole address counts, and nothing before it."""
    running = get_script_run_ctx()
    if running is None:
        return
    left = kept.begin()
    led = kept.led(left)
    if not (led or _ASKED in st.session_state or _pasted(running.query_string)):
        return
    asked = st.session_state.pop(_ASKED, None) or parse_qs(
        running.query_string, keep_blank_values=True
    )
    if mark := asked.pop(kept.MARK, None):
        # Between them stands what the page before had in its address.
        named = mark[-1].split(",")
        asked = {name: values for name, values in asked.items() if name in named}
    asked = spoken(asked)
    for name in HELD | asked.keys():
        st.session_state.pop(name, None)
    kept.forget()
    if led and left:
        kept.become(asked)
        st.rerun()
    try:
        st.query_params.from_dict(asked)
    except StreamlitAPIException:
        # The page is open and its filters hold their names: a run without them sets these free.
        if st.session_state.pop(_AGAIN, False):
            return
        st.session_state[_ASKED], st.session_state[_AGAIN] = asked, True
    else:
        st.session_state.pop(_AGAIN, None)
    st.rerun()


def anew() -> None:
    """After another language was chosen: the same address, in its words."""
    st.session_state[_ASKED] = {name: kept.params().get_all(name) for name in kept.params()}


def _pasted(query: str) -> bool:
    """Whether a session begins with an address that is not in the reader's words."""
    if st.session_state.get(_READ):
        return False
    st.session_state[_READ] = True
    asked = parse_qs(query, keep_blank_values=True)
    return spoken(asked) != asked


def spoken(asked: dict[str, list[str]]) -> dict[str, list[str]]:
    """``asked`` in the words of the reader."""
    return {
        name: values if name in TYPED else [_read(name, value) for value in values]
        for name, values in asked.items()
    }


def _read(name: str, value: str) -> str:
    """A plan may be called like any word of ours: its name stays, on both sides of an arrow."""
    if name == "table":  # of prices: its id is the business's own word
        return language.refilled(value) or value
    if name not in _OF_PLANS:
        return language.readdressed(value)
    try:
        named = {plan.name for plan in session.desk().catalog.plans.values()}
    except BillingError:
        return value  # the page says what is missing
    parts = value.split(_ARROW)
    return _ARROW.join(p if p in named else language.readdressed(p) for p in parts)
