"""The audit's rows: filters in the address, paged in SQL, a chosen row leads to its customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import ntr, say, tr
from dashboard.ui import defined, download, filters, notes, tables
from lib.billing import AuditEntry, AuditFilters, Permission, act_outcome, act_words


def draw() -> None:
    """The filters, the count and one page."""
    staff = session.check(Permission.AUDIT)
    desk = session.billing()
    everything = desk.audit(AuditFilters(limit=1), roles=staff.roles)
    if not everything.total:
        notes.empty(
            tr("Nobody has done anything yet."),
            hint=tr("Links, exports, notes, repairs and sign-ins show here."),
            icon=":material/policy:",
        )
        return
    wanted = _filters(everything.choices["staff"], everything.choices["actions"])
    total = desk.audit(replace(wanted, limit=1), roles=staff.roles).total
    if not total:
        filters.nothing(tr("No row matches these filters."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        told = ntr(
            "{count} row. Choose it to open its customer.",
            "{count} rows. Choose one to open its customer.",
            total,
        )
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
        customer = filters.text(tr("Customer"), tr("Customer or id"))
        staff = filters.several(tr("Who"), "who", people, str)
        acts = filters.several(tr("What"), "acts", actions, _act)
        days = st.date_input(
            tr("Days"),
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
    return tr(f"{act_words(action)}: {act_outcome(action).lower()}")


def _table(rows: Sequence[AuditEntry]) -> int | None:
    zone, column = data.timezone(), st.column_config
    return tables.show(
        [
            {
                "at": fmt.moment(entry.at, zone),
                "who": entry.staff,
                "what": f"{say(entry.what)}: {fmt.words(entry.flow)}"
                if entry.flow
                else say(entry.what),
                "outcome": say(entry.outcome),
                "customer": entry.name or entry.email or entry.customer_id,
                "reason": entry.reason,
                "about": entry.about,
                "ticket": entry.ticket,
                "row": entry.audit_id,
            }
            for entry in rows
        ],
        {
            "at": column.DatetimeColumn(tr("When"), width=130),
            "who": column.TextColumn(tr("Who"), width=150),
            "what": column.TextColumn(tr("What"), width=165),
            "outcome": column.TextColumn(tr("Outcome"), width=110),
            "customer": column.TextColumn(tr("For whom"), width=160),
            "reason": column.TextColumn(tr("Why"), width=170),
            "about": column.TextColumn(tr("About"), width=330),
            "ticket": column.TextColumn(tr("Ticket"), width=70),
            "row": defined.number("audit.audit_id", tr("Row"), width=55, format="plain"),
        },
        key="audit",
        ids=[str(entry.audit_id) for entry in rows],
        alt=tr("What staff did, the latest first"),
        sparse=True,
    )
