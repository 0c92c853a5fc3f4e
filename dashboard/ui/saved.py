"""Whose the scheduled ends were: the list behind each number of the save ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from dashboard import data, session, winding
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, filters, listing, tables
from lib.billing import Filters, Listing, Permission, SaveCell, SaveItem

OUTCOMES: Final = {"saved": mark("Saved"), "lost": mark("Lost"), "open": mark("Still open")}
ORDERS: Final = {
    mark("Planned end latest"): ("ends_at", True),
    mark("Planned end soonest"): ("ends_at", False),
    mark("Largest MRR"): ("mrr_minor", True),
    mark("Asked latest"): ("scheduled_at", True),
    mark("Decided latest"): ("closed_at", True),
}


def month_name(month: str) -> str:
    """``Oct 2026``."""
    return fmt.period(month) if month else tr("Not known")


def draw(cells: Sequence[SaveCell], staff: Staff) -> None:
    """The filters, the count, one page."""
    wanted = _narrowed(cells)
    whole = winding.saves(replace(wanted, limit=1))
    if not whole.total:
        filters.nothing(tr("No scheduled end matches these filters."))
        return
    st.caption(_told(whole, totals=staff.may(Permission.TOTALS)))
    place = st.container()
    offset = tables.pager(whole.total)
    page = winding.saves(replace(wanted, limit=tables.PAGE_SIZE, offset=offset))
    with place:
        chosen = table(page)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def _narrowed(cells: Sequence[SaveCell]) -> Filters:
    months = {cell.month: (cell.starts, cell.ends) for cell in cells if cell.month}
    with st.container(horizontal=True, vertical_alignment="center"):
        month = filters.maybe(tr("Any month"), "month", sorted(months, reverse=True), month_name)
        outcomes = filters.several(
            tr("Outcome"), "outcomes", list(OUTCOMES), lambda key: tr(OUTCOMES[key])
        )
        reasons = filters.several(
            tr("Reason"), "reasons", sorted({cell.reason for cell in cells}), fmt.words
        )
        codes = filters.several(
            tr("Currency"),
            "currencies",
            sorted({cell.currency for cell in cells if cell.currency}),
            str.upper,
        )
        sort, descending = filters.order(ORDERS)
    starts, ends = months.get(month or "", (None, None))
    return Filters(
        statuses=outcomes,
        reasons=reasons,
        currencies=codes,
        starts=starts,
        ends=ends,
        sort=sort,
        descending=descending,
    )


def _told(whole: Listing[Any], *, totals: bool) -> str:
    amounts = []
    if totals:
        known = [part for part in whole.sums if part.currency]
        amounts = [fmt.money(part.amount_minor, part.currency) for part in known]
        if unpriced := listing.unpriced(whole):
            amounts.append(tr("{count} without a known price", count=fmt.number(unpriced)))
    count = ntr("{count} scheduled end", "{count} scheduled ends", whole.total)
    found = fmt.md(fmt.joined((count, *amounts)))
    return tr("{found}. Choose a row to open its customer.", found=found)


def table(page: Listing[SaveItem]) -> int | None:
    """One page of schedules; answers the chosen row."""
    zone, catalog = data.timezone(), session.billing().catalog
    rows = [
        {
            "customer": listing.who(item),
            "outcome": [OUTCOMES[item.outcome]],
            "plan": listing.plan_name(catalog, item.plan),
            "mrr": item.mrr_minor,
            "reason": fmt.words(item.reason),
            "asked": fmt.moment(item.scheduled_at, zone),
            "ends": fmt.moment(item.ends_at, zone),
            "closed": fmt.moment(item.closed_at, zone),
            "email": item.email,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=155),
        "outcome": tables.badge(tr("Outcome"), width=85),
        "plan": column.TextColumn(tr("Plan"), width=75),
        "mrr": defined.number("winding-down.mrr_minor", "MRR", width=75),
        "reason": column.TextColumn(tr("Reason"), width=120),
        "asked": column.DateColumn(tr("Asked on"), width=95),
        "ends": column.DateColumn(tr("Planned end"), width=95),
        "closed": column.DateColumn(
            tr("Decided on"),
            help=tr("When it was undone, or when the subscription ended."),
            width=95,
        ),
        "email": column.TextColumn(tr("E-mail"), width=210),
    }
    return tables.show(
        rows,
        columns,
        key="saves",
        ids=[f"{item.subscription_id}:{item.scheduled_at}" for item in page.rows],
        money=("mrr",),
        alt=tr("Scheduled ends and what became of them"),
    )
