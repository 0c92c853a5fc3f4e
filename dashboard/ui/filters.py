"""Filters whose state is the address: each survives a reload and being pasted into a chat."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import streamlit as st

from dashboard import kept
from dashboard.language import tr
from dashboard.ui import choices
from lib.billing import Filters

F = TypeVar("F", bound=Filters)
V = TypeVar("V", bound=Hashable)

NARROW: Final = 145
"""Pixels of a filter that holds one of a list."""

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

    ``width``: pixels; else as wide as what is chosen.
    """
    if len(options) < 2:
        return ()
    words = {each: spelled(each) for each in options}
    return choices.several(label, key, words, first_page, width=width)


def order(options: Mapping[str, tuple[str, bool]]) -> tuple[str, bool]:
    """How the list is sorted: English label → (column, descending). The first is its own order."""
    words = {label: tr(label) for label in options}
    return options[pick(tr("Sort by"), "sort", words, next(iter(options)), width=175, icon="sort")]


def ordered(wanted: F, options: Mapping[str, tuple[str, bool]]) -> F:
    """``wanted``, sorted as is chosen here."""
    sort, descending = order(options)
    return replace(wanted, sort=sort, descending=descending)


def pick(
    label: str,
    key: str,
    options: Mapping[V, str],
    begin: V,
    *,
    width: int,
    icon: str = "",
    on_choose: Callable[[], None] | None = None,
) -> V:
    """One of ``options``, value → what people call it, in a list of ``width`` pixels; ``begin``
    until one is chosen."""
    heard = on_choose or first_page
    chosen = choices.one(label, key, options, begin, heard, width=width, icon=icon)
    return begin if chosen is None else chosen


def maybe(
    label: str, key: str, options: Sequence[str], spelled: Callable[[str], str]
) -> str | None:
    """One of ``options``, or none of them; ``label`` is what none is called."""
    words = {each: spelled(each) for each in options}
    return choices.one(label, key, words, None, first_page, width=NARROW)


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
        kept.params().pop(name, None)


def currency(codes: Sequence[str], *, key: str = "currency") -> str:
    """One currency of those there are; sums never mix them."""
    if len(codes) < 2:
        return codes[0] if codes else "usd"
    words = {code: code.upper() for code in codes}
    return switch(tr("Currency"), key, words, everywhere=True)


def switch(
    label: str,
    key: str,
    options: Mapping[str, str],
    default: str | None = None,
    *,
    everywhere: bool = False,
) -> str:
    """One of ``options``, value → what people call it in English; ``default`` or the first to begin
    with. ``everywhere``: what another page has chosen under the same name is chosen here, too."""
    words = {value: tr(name) for value, name in options.items()}
    begin = default or next(iter(options))
    return choices.switch(label, key, words, begin, first_page, everywhere=everywhere)
