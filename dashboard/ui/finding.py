"""Finding a customer: the search box and whom it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data, navigation, session
from dashboard import format as fmt
from dashboard.ui import tables
from lib.billing import SearchHit

_FIELDS: Final = {"email": "E-mail", "org": "Organization", "customer": "Customer id"}


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
        )
        or ""
    ).strip()


def open_one(customer_id: str) -> None:
    """Show this customer; the address says which."""
    st.session_state.pop("find", None)
    navigation.open_page("customer", customer=customer_id)


def hits(found: Sequence[SearchHit]) -> str | None:
    """The customers found; answers the chosen one."""
    catalog = session.billing().catalog
    st.caption(
        f"The first {len(found)} customers. Choose a row to open one, or type more to narrow them."
        if len(found) >= data.MOST_HITS
        else f"{fmt.plural(len(found), 'customer')} found. Choose a row to open one."
    )
    chosen = tables.show(
        [
            {
                "name": hit.name,
                "email": hit.email,
                "organization": hit.org_id,
                "plan": catalog.plan(hit.plan).name if hit.plan else None,
                "access": tables.one(hit.rule),
                "matched": _matched(hit),
                "customer": hit.customer_id,
            }
            for hit in found
        ],
        {
            "name": st.column_config.TextColumn("Name"),
            "email": st.column_config.TextColumn("E-mail"),
            "organization": st.column_config.TextColumn("Organization"),
            "plan": st.column_config.TextColumn("Plan"),
            "access": tables.badge("Access"),
            "matched": st.column_config.TextColumn("Found by"),
            "customer": st.column_config.TextColumn("Customer"),
        },
        key="hits",
        ids=[hit.customer_id for hit in found],
        alt="Customers that match the search",
    )
    return None if chosen is None else found[chosen].customer_id


def _matched(hit: SearchHit) -> str:
    """By which field; its text where no other column shows it."""
    field = _FIELDS.get(hit.matched, fmt.words(hit.matched))
    if hit.matched in ("subscription", "invoice"):
        return f"{field} {hit.matched_text}"
    return field
