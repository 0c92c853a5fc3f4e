"""The audit's rows: filters in the address, paged in SQL, a chosen row leads to its customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import defined, download, filters, notes, tables
from lib.billing import AuditEntry, AuditFilters, Permission, act_outcome, act_words


def draw() -> None:
    """The filters, the count and one page."""
    staff = session.check(Permission.AUDIT)
    desk = session.billing()
    everything = desk.audit(AuditFilters(limit=1), roles=staff.roles)
    if not everything.total:
        notes.empty(
            "Nobody has done anything yet.",
            hint="Links, exports, notes, repairs and sign-ins show here.",
            icon=":material/policy:",
        )
        return
    wanted = _filters(everything.choices["staff"], everything.choices["actions"])
    total = desk.audit(replace(wanted, limit=1), roles=staff.roles).total
    if not total:
        filters.nothing("No row matches these filters.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        told = f"{fmt.plural(total, 'row')}. Choose one to open its customer."
        st.caption(told, width="stretch")
        download.menu("audit", wanted, staff)
    place = st.container()
    offset = tables.pager(total)
    page = desk.audit(
        replace(wanted, limit=tables.PAGE_SIZE, offset=offset), roles=staff.roles
    ).rows
    with place:
        chosen = _table(page)
    if chosen is not None and (customer_id := page[chosen].customer_id):
        tables.open_customer(customer_id)


def _filters(people: Sequence[str], actions: Sequence[str]) -> AuditFilters:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        customer = filters.text("Customer", "Customer: name, e-mail or id")
        staff = filters.several("Who", "who", people, str)
        acts = filters.several("What", "acts", actions, _act)
        days = st.date_input(
            "Days",
            value=(),
            key="days",
            format="DD.MM.YYYY",
            label_visibility="collapsed",
            bind="query-params",
            on_change=filters.first_page,
            width=210,
        )
    starts, ends = _bounds(days)
    return AuditFilters(staff=staff, actions=acts, customer=customer, starts=starts, ends=ends)


def _bounds(days: object) -> tuple[int | None, int | None]:
    """The first second of the first business day, and of the day after the last."""
    chosen = [day for day in days if isinstance(day, date)] if isinstance(days, tuple) else []
    if not chosen:
        return None, None
    zone = ZoneInfo(data.timezone())
    first, after = chosen[0], chosen[-1] + timedelta(days=1)
    starts, ends = (
        int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
        for day in (first, after)
    )
    return starts, ends


def _act(action: str) -> str:
    """``link.minted`` → Link: made."""
    return f"{act_words(action)}: {act_outcome(action).lower()}"


def _table(rows: Sequence[AuditEntry]) -> int | None:
    zone, column = data.timezone(), st.column_config
    return tables.show(
        [
            {
                "at": fmt.moment(entry.at, zone),
                "who": entry.staff,
                "what": f"{entry.what}: {fmt.words(entry.flow).lower()}"
                if entry.flow
                else entry.what,
                "outcome": entry.outcome,
                "customer": entry.name or entry.email or entry.customer_id,
                "reason": entry.reason,
                "about": entry.about,
                "ticket": entry.ticket,
                "row": entry.audit_id,
            }
            for entry in rows
        ],
        {
            "at": column.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=130),
            "who": column.TextColumn("Who", width=165),
            "what": column.TextColumn("What", width=180),
            "outcome": column.TextColumn("Outcome", width=200),
            "customer": column.TextColumn("For whom", width=170),
            "reason": column.TextColumn("Why", width=190),
            "about": column.TextColumn("About", width=150),
            "ticket": column.TextColumn("Ticket", width=70),
            "row": defined.number("audit.audit_id", "Row", width=55),
        },
        key="audit",
        ids=[str(entry.audit_id) for entry in rows],
        alt="What staff did, the latest first",
        sparse=True,
    )
