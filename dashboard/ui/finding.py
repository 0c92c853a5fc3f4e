"""Finding a customer: the search box and whom it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data, navigation
from dashboard import format as fmt
from dashboard.ui import notes, tables
from lib.billing import SearchHit

_FIELDS: Final = {"email": "E-mail", "org": "Organization", "customer": "Customer id"}

_PAGE: Final = "found_page"
_HINT: Final = "Search by e-mail, name, organization, cus_…, sub_…, in_… or an invoice number."


def search_box() -> str:
    """The search of the whole customer base; choosing a customer clears it."""
    return (
        st.text_input(
            "Find a customer",
            key="find",
            type="search",
            placeholder="E-mail, name, organization, cus_…, sub_… or invoice number",
            icon=":material/search:",
            bind="query-params",
            on_change=_first_page,
        )
        or ""
    ).strip()


def from_anywhere() -> None:
    """The same search in the sidebar of every other page: it leads to the customers."""
    wanted = st.text_input(
        "Find a customer",
        key="find_anywhere",
        type="search",
        placeholder="Find a customer",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    if wanted and wanted.strip():
        navigation.open_page("customer", find=wanted.strip())


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
    first = data.search(text, tables.PAGE_SIZE, 0)
    if first.total == 0:
        notes.empty(
            f"Nobody matches “{fmt.md(_short(text))}”.",
            hint=first.sentence or _HINT,
            icon=":material/person_off:",
        )
        return None
    if first.total == 1 and first.hits and not first.capped:
        return first.hits[0].customer_id
    said = (None if first.capped else _counted(first.total), first.sentence)
    st.caption(" ".join(part for part in (*said, "Choose a row to open one.") if part))
    place = st.container()
    offset = tables.pager(first.total, key=_PAGE)
    page = data.search(text, tables.PAGE_SIZE, offset) if offset else first
    with place:
        chosen = hits(page.hits)
    if chosen is not None:
        open_one(chosen)
    return None


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
            "name": st.column_config.TextColumn("Name"),
            "email": st.column_config.TextColumn("E-mail"),
            "organization": st.column_config.TextColumn("Organization"),
            "access": tables.badge("Access"),
            "plan": st.column_config.TextColumn("Plan"),
            "ends": st.column_config.DateColumn("Ends on", format="D MMM YYYY", width=105),
            "matched": st.column_config.TextColumn("Found by"),
            "customer": st.column_config.TextColumn("Customer"),
        },
        key="hits",
        ids=[hit.customer_id for hit in found],
        alt="Customers that match the search",
        sparse=True,
    )
    return None if chosen is None else found[chosen].customer_id


def _matched(hit: SearchHit) -> str:
    """By which field; its text where no other column shows it."""
    field = _FIELDS.get(hit.matched, fmt.words(hit.matched))
    if hit.matched in ("subscription", "invoice"):
        return f"{field} {hit.matched_text}"
    return field


def _counted(total: int) -> str:
    return f"{fmt.plural(total, 'customer')} found."


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
