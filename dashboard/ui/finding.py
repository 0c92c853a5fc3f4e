"""Finding a customer: the search box and whom it found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import streamlit as st

from dashboard import data, keeping, kept, navigation
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.ui import notes, tables
from lib.billing import SearchHit, SearchPage

_FIELDS: Final = {
    "email": mark("E-mail"),
    "org": mark("Organization"),
    "customer": mark("Customer id"),
}

_PAGE: Final = "found_page"
_HINT: Final = mark(
    "Search by e-mail, name, organization, cus_…, sub_…, in_… or an invoice number."
)


def begin() -> None:
    """Look for whom the search names, while the head of the page is drawn."""
    text = str(st.session_state.get("find") or kept.params().get("find", "")).strip()
    if text:
        keeping.ahead(partial(_first, text))


def search_box() -> str:
    """The search of the whole customer base; choosing a customer clears it."""
    return (
        st.text_input(
            tr("Find a customer"),
            key="find",
            type="search",
            placeholder=tr("E-mail, name, organization, cus_…, sub_… or invoice number"),
            icon=":material/search:",
            bind="query-params",
            on_change=_first_page,
        )
        or ""
    ).strip()


def _first_page() -> None:
    """Whom another text finds best comes first."""
    if _PAGE in st.session_state:
        st.session_state[_PAGE] = 1


def open_one(customer_id: str) -> None:
    """Show this customer; the address says which."""
    st.session_state.pop("find", None)
    navigation.open_page("customer", customer=customer_id)


def look_up(text: str) -> str | None:
    """Whom the search found, a page at a time; answers the only one, for whom no list is drawn."""
    first = _first(text)
    if first.total == 0:
        notes.empty(
            tr("Nobody matches “{text}”.", text=fmt.md(_short(text))),
            hint=say(first.sentence) or tr(_HINT),
            icon=":material/person_off:",
        )
        return None
    if first.total == 1 and first.hits and not first.capped:
        return first.hits[0].customer_id
    told = (None if first.capped else _counted(first.total), say(first.sentence))
    st.caption(" ".join(part for part in (*told, tr("Choose a row to open one.")) if part))
    place = st.container()
    offset = tables.pager(first.total, key=_PAGE)
    page = data.search(text, tables.PAGE_SIZE, offset) if offset else first
    with place:
        chosen = hits(page.hits)
    if chosen is not None:
        open_one(chosen)
    return None


def _first(text: str) -> SearchPage:
    return data.search(text, tables.PAGE_SIZE, 0)


def hits(found: Sequence[SearchHit]) -> str | None:
    """The customers found; answers the chosen one."""
    if not found:  # somebody wrote between two pages
        return None
    zone = data.timezone()
    chosen = tables.show(
        [
            {
                "name": hit.name,
                "email": hit.email,
                "organization": hit.org_id,
                "access": tables.one(hit.rule),
                "plan": hit.plan_name,
                "ends": fmt.moment(hit.ends_at, zone),
                "matched": _matched(hit),
                "customer": hit.customer_id,
            }
            for hit in found
        ],
        {
            "name": st.column_config.TextColumn(tr("Name")),
            "email": st.column_config.TextColumn(tr("E-mail")),
            "organization": st.column_config.TextColumn(tr("Organization")),
            "access": tables.badge(tr("Access")),
            "plan": st.column_config.TextColumn(tr("Plan")),
            "ends": st.column_config.DateColumn(tr("Ends on"), width=105),
            "matched": st.column_config.TextColumn(tr("Found by")),
            "customer": st.column_config.TextColumn(tr("Customer")),
        },
        key="hits",
        ids=[hit.customer_id for hit in found],
        alt=tr("Customers that match the search"),
        sparse=True,
    )
    return None if chosen is None else found[chosen].customer_id


def _matched(hit: SearchHit) -> str:
    """By which field; its text where no other column shows it."""
    known = _FIELDS.get(hit.matched)
    field = tr(known) if known else fmt.words(hit.matched)
    if hit.matched in ("subscription", "invoice"):
        return f"{field} {hit.matched_text}"
    return field


def _counted(total: int) -> str:
    return ntr("{count} customer found.", "{count} customers found.", total)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
