"""Filters whose state is the address: each survives a reload and being pasted into a chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import streamlit as st

from dashboard.language import tr
from lib.billing import Filters

F = TypeVar("F", bound=Filters)

NARROW: Final = 145
WIDEST: Final = 420
"""Pixels of a filter that holds nothing, and of one that holds much."""

NONE: Final[Mapping[str, Any]] = {
    "q": "",
    "plans": [],
    "reasons": [],
    "currencies": [],
    "intervals": [],
    "causes": [],
    "stays": [],
    "week": None,
    "who": [],
    "acts": [],
    "days": (),
    "statuses": [],
    "methods": [],
    "buckets": [],
    "marks": [],
    "changes": [],
    "path": None,
    "move": None,
    "ended": False,
    "savable": False,
    "month": None,
    "outcomes": [],
}
"""Each filter's key and what it holds when it narrows nothing."""


def text(label: str, placeholder: str) -> str:
    """A part of a name, an e-mail or an id."""
    value = st.text_input(
        label,
        key="q",
        type="search",
        placeholder=placeholder,
        label_visibility="collapsed",
        bind="query-params",
        live=True,
        width=180,
        on_change=first_page,
    )
    return (value or "").strip()


def several(
    label: str,
    key: str,
    options: Sequence[str],
    spelled: Callable[[str], str],
    *,
    width: int | None = None,
) -> tuple[str, ...]:
    """Any of ``options``; none chosen means all. A value in the address that is gone is dropped.

    It is as wide as what is chosen, which else would scroll out of sight, or ``width`` pixels.
    """
    if len(options) < 2:
        return ()
    chosen = st.multiselect(
        label,
        list(options),
        key=key,
        format_func=spelled,
        placeholder=label,
        label_visibility="collapsed",
        bind="query-params",
        on_change=first_page,
        width=width or _room(key, [(each, spelled(each)) for each in options]),
    )
    return tuple(chosen)


def _room(key: str, options: Sequence[tuple[str, str]]) -> int:
    """Pixels in which the chips of what is chosen stand side by side. ``options``: each with its
    words, which are what the address holds before the filter is drawn for the first time."""
    if key in st.session_state:
        chosen = [words for option, words in options if option in st.session_state[key]]
    else:
        asked = set(st.query_params.get_all(key))
        chosen = [words for _, words in options if words in asked]
    chips = sum(36 + 7 * len(words) for words in chosen)
    return min(max(NARROW, 84 + chips), WIDEST)


def order(options: Mapping[str, tuple[str, bool]]) -> tuple[str, bool]:
    """How the list is sorted: English label → (column, descending). The first is its own order."""
    label = st.selectbox(
        tr("Sort by"),
        list(options),
        format_func=tr,
        key="sort",
        label_visibility="collapsed",
        bind="query-params",
        on_change=first_page,
        width=175,
        icon=":material/sort:",
    )
    return options[label]


def ordered(wanted: F, options: Mapping[str, tuple[str, bool]]) -> F:
    """``wanted``, sorted as is chosen here."""
    sort, descending = order(options)
    return replace(wanted, sort=sort, descending=descending)


def maybe(
    label: str, key: str, options: Sequence[str], spelled: Callable[[str], str]
) -> str | None:
    """One of ``options``, or none of them; ``label`` is what none is called."""
    if st.session_state.get(key) not in (None, *options):
        st.session_state[key] = None
    return st.selectbox(
        label,
        list(options),
        index=None,
        key=key,
        format_func=spelled,
        placeholder=label,
        label_visibility="collapsed",
        bind="query-params",
        on_change=first_page,
        width=NARROW,
    )


def nothing(sentence: str) -> None:
    """Instead of a table that the filters left empty: what happened and the way back."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f":material/filter_alt_off: {sentence}", text_alignment="center")
        st.button(tr("Clear the filters"), key="clear_filters", on_click=clear)


def clear() -> None:
    """All filters as they are without an address; the order stays."""
    for key, none in NONE.items():
        if key in st.session_state:
            st.session_state[key] = none
    first_page()


OF_PAGES: Final = ("after", "exact")
"""In the address: where pages far behind begin, and whether all of a long list is counted."""


def first_page() -> None:
    """A narrower list begins at its first page."""
    if "page" in st.session_state:
        st.session_state["page"] = 1
    for name in OF_PAGES:
        st.query_params.pop(name, None)


def currency(codes: Sequence[str], *, key: str = "currency") -> str:
    """One currency of those there are; sums never mix them."""
    if len(codes) < 2:
        return codes[0] if codes else "usd"
    return switch(tr("Currency"), key, {code: code.upper() for code in codes})


def switch(label: str, key: str, options: Mapping[str, str], default: str | None = None) -> str:
    """One of ``options``, value → what people call it in English; ``default`` or the first to begin
    with. What another page has chosen under the same name is no choice here."""
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    chosen: str = st.segmented_control(
        label,
        list(options),
        default=default or next(iter(options)),
        required=True,
        format_func=lambda value: tr(options[value]),
        key=key,
        label_visibility="collapsed",
        bind="query-params",
        on_change=first_page,
    )
    return chosen
