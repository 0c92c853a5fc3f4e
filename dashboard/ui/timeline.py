"""The timeline: what happened, what it did to MRR and access, what staff did; newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import notes, tables
from lib.billing import Permission, TimelineEntry

KINDS: Final = {
    "access": "Access",
    "movement": "MRR",
    "subscription": "Subscriptions",
    "invoice": "Invoices",
    "payment": "Payments",
    "link": "Links",
    "note": "Staff notes",
    "customer": "Customer",
    "other": "Other",
}
"""Kind → the filter's word, in the order in which it offers them."""
ABOUT: Final = {"movement": "MRR", "note": "Staff note"}


@st.fragment
@notes.calmly
def draw(customer_id: str, at: int | None) -> None:
    """One page of it; the filter and the page are in the address."""
    staff = session.check(Permission.CUSTOMERS)
    desk = session.billing()
    there = desk.timeline(customer_id, roles=staff.roles, at=at, limit=1).choices["kinds"]
    if not there:
        notes.empty("Nothing has happened yet.", icon=":material/info:")
        return
    kinds = _chosen([kind for kind in KINDS if kind in there])
    place = st.container()
    whole = desk.timeline(customer_id, roles=staff.roles, kinds=kinds, at=at, limit=1)
    offset = tables.pager(whole.total, key="entries")
    page = desk.timeline(
        customer_id,
        roles=staff.roles,
        kinds=kinds,
        at=at,
        limit=tables.PAGE_SIZE,
        offset=offset,
    )
    with place:
        _table(page.rows)


def _chosen(kinds: Sequence[str]) -> list[str]:
    """What it is narrowed to; nothing chosen is everything."""
    held = st.session_state.get("kinds")
    if held and not set(held) <= set(kinds):
        st.session_state["kinds"] = [kind for kind in held if kind in kinds]
    found = st.segmented_control(
        "Show only",
        list(kinds),
        selection_mode="multi",
        format_func=lambda kind: KINDS[kind],
        key="kinds",
        label_visibility="collapsed",
        bind="query-params",
        on_change=_first_page,
    )
    return list(found or ())


def _first_page() -> None:
    if "entries" in st.session_state:
        st.session_state["entries"] = 1


def _table(rows: Sequence[TimelineEntry]) -> None:
    zone, column = data.timezone(), st.column_config
    tables.show(
        [
            {
                "at": fmt.moment(entry.at, zone),
                "about": ABOUT.get(entry.kind) or fmt.words(entry.kind),
                "what": entry.sentence,
                "before": entry.before_minor,
                "after": entry.after_minor,
                "event": entry.event_id,
                "currency": entry.currency,
            }
            for entry in rows
        ],
        {
            "at": column.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=130),
            "about": column.TextColumn("About", width=90),
            "what": column.TextColumn("What happened", width=330),
            "before": column.NumberColumn("MRR before", width=85),
            "after": column.NumberColumn("MRR after", width=80),
            "event": column.TextColumn("Event"),
        },
        key="timeline",
        ids=[f"{entry.at}:{entry.kind}:{entry.event_id}:{entry.sentence}" for entry in rows],
        money=("before", "after"),
        alt="What happened to this customer, newest first",
        choose=False,
        sparse=True,
    )
