"""The timeline: what happened, what it did to MRR and access, what staff did; newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import mark, say, tr
from dashboard.ui import notes, tables
from lib.billing import Permission, TimelineEntry

KINDS: Final = {
    "access": mark("Access"),
    "movement": mark("MRR"),
    "subscription": mark("Subscriptions"),
    "invoice": mark("Invoices"),
    "payment": mark("Payments"),
    "link": mark("Links"),
    "note": mark("Staff notes"),
    "customer": mark("Customer"),
    "other": mark("Other"),
}
"""Kind → the filter's word, in the order in which it offers them."""
ICONS: Final = {
    "access": ":material/key:",
    "movement": ":material/trending_up:",
    "subscription": ":material/autorenew:",
    "invoice": ":material/receipt_long:",
    "payment": ":material/credit_card:",
    "link": ":material/link:",
    "note": ":material/sticky_note_2:",
    "customer": ":material/person:",
    "other": ":material/more_horiz:",
}


@st.fragment
@notes.calmly
def draw(customer_id: str, at: int | None) -> None:
    """One page of it; the filter and the page are in the address."""
    staff = session.check(Permission.CUSTOMERS)
    desk = session.billing()
    there = desk.timeline(customer_id, roles=staff.roles, at=at, limit=1).choices["kinds"]
    if not there:
        notes.empty(tr("Nothing has happened yet."), icon=":material/info:")
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
        tr("Show only"),
        list(kinds),
        selection_mode="multi",
        format_func=lambda kind: f"{ICONS[kind]} {tr(KINDS[kind])}",
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
    zone = data.timezone()
    moves = any(entry.kind == "movement" for entry in rows)
    heads = [tr("When"), tr("What happened"), tr("MRR")]
    cells = [[f":small[{fmt.clock(entry.at, zone)}]", _told(entry), _mrr(entry)] for entry in rows]
    shown = len(heads) if moves else len(heads) - 1
    tables.text(heads[:shown], [row[:shown] for row in cells], right=(2,), unbroken=(0, 2))


def _told(entry: TimelineEntry) -> str:
    told = entry.sentence if entry.kind == "note" else say(entry.sentence)
    event = f" :small[:gray[{fmt.md(entry.event_id)}]]" if entry.event_id else ""
    return f"{ICONS[entry.kind]} {fmt.md(told)}{event}"


def _mrr(entry: TimelineEntry) -> str:
    if entry.kind != "movement":
        return ""
    before, after = (
        fmt.money(minor, entry.currency) for minor in (entry.before_minor, entry.after_minor)
    )
    return f"{fmt.md(before)} → **{fmt.md(after)}**"
