"""The pages of a list that may be longer than anybody turns through.

Pages are numbered as far as rows are counted (`tables.REACH`); beyond, the next ones begin behind
the last row that was shown. Both are in the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from dashboard import kept
from dashboard.language import tr
from dashboard.ui import filters, tables
from lib.billing import REACH, Filters, Listing

AFTER, EXACT = filters.OF_PAGES
"""``after``: rows passed over, a colon, and `Listing.last` of the page that it goes on behind."""

F = TypeVar("F", bound=Filters)
L = TypeVar("L", bound=Listing[Any])


def whole(read: Callable[[F], Listing[Any]], wanted: F) -> Listing[Any]:
    """What the list adds up to: exactly where that was asked for, however long it is."""
    return read(replace(wanted, limit=0, exact=bool(kept.params().get(EXACT))))


def whole_still(read: Callable[[F], Listing[Any]], wanted: F) -> Listing[Any]:
    """The same in a fragment of its own: see `still`."""
    return still(whole(read, wanted))


def still(found: L) -> L:
    """What a fragment of its own lists: it may have changed since the page around was drawn, and an
    empty list is for that page to tell."""
    if not found.total:
        st.rerun()
    return found


def page(read: Callable[[F], Listing[Any]], wanted: F, of: Listing[Any]) -> Listing[Any]:
    """The switch of pages, and the rows of the one that is chosen."""
    passed, after = _begun()
    left = REACH if of.capped else max(of.total - passed, 1)
    offset = tables.pager(
        min(left, REACH), passed=passed, of=None if of.capped else of.total, at_least=of.total
    )
    found = read(replace(wanted, limit=tables.PAGE_SIZE, offset=offset, after=after, exact=False))
    numbered = offset + tables.PAGE_SIZE >= REACH
    more = len(found.rows) == tables.PAGE_SIZE and (of.capped or left > REACH)
    behind = not found.rows and bool(offset or after)
    if behind:
        st.caption(tr("The list has no rows this far behind."))
    if (numbered and more) or after or behind:
        with st.container(horizontal=True, vertical_alignment="center"):
            if after or behind:
                st.button(
                    tr("From the start"), icon=":material/first_page:", on_click=filters.first_page
                )
            if numbered and more:
                st.button(
                    tr("Further rows"),
                    icon=":material/last_page:",
                    on_click=partial(_go_on, passed + REACH, found.last),
                )
    return found


def count_all(of: Listing[Any]) -> None:
    """Offers to count and add up a list of which only so much was counted."""
    if of.capped:
        st.button(
            tr("Count them all"),
            icon=":material/functions:",
            type="tertiary",
            help=tr("Adds up every row. Of millions that takes seconds."),
            on_click=_exactly,
        )


def counted(of: Listing[Any], spelled: str) -> str:
    """``spelled``: how many that is, in words."""
    return tr("More than {count}", count=spelled) if of.capped else spelled


def _begun() -> tuple[int, str]:
    passed, _, after = kept.params().get(AFTER, "").partition(":")
    return (int(passed), after) if passed.isdecimal() and len(passed) < 12 else (0, "")


def _go_on(passed: int, after: str) -> None:
    exact = kept.params().get(EXACT)
    filters.first_page()
    kept.params()[AFTER] = f"{passed}:{after}"
    if exact:
        kept.params()[EXACT] = exact


def _exactly() -> None:
    kept.params()[EXACT] = "1"
