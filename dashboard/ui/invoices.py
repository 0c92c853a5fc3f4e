"""The list of invoices: its filters, what it adds up to, its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, invoice, listing, notes, owed, paged, tables
from lib.billing import InvoiceFilters, InvoiceItem, InvoiceSum, Listing, Permission

ORDERS: Final = {
    mark("Newest"): ("created_at", True),
    mark("Oldest"): ("created_at", False),
    mark("Overdue longest"): ("due", False),
    mark("Largest total"): ("total", True),
    mark("Most left to pay"): ("remaining", True),
    mark("Paid latest"): ("paid_at", True),
    mark("Number"): ("number", False),
    mark("Customer"): ("customer", False),
}
MARKS: Final = {
    "credited": mark("Credited"),
    "refunded": mark("Refunded"),
    "disputed": mark("Disputed"),
}
MORE: Final = ("currencies", "plans", "methods", "reasons", "marks", "ended")
"""Filters that are asked for seldom, behind a button that counts those in use."""
IN_MORE: Final = 260


def narrowed(everything: Listing[InvoiceItem], codes: Sequence[str]) -> InvoiceFilters:
    """The filter row; its state is the address."""
    choices = everything.choices
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text(tr("Search"), tr("Number, name, e-mail or id"))
        statuses = filters.several(tr("Status"), "statuses", choices["statuses"], fmt.words)
        buckets = filters.several(
            tr("Age"), "buckets", list(owed.BUCKETS), lambda key: tr(owed.BUCKETS[key])
        )
        starts, ends = _created()
        seldom = _more(choices, codes)
    return InvoiceFilters(
        text=text,
        statuses=statuses,
        buckets=buckets,
        starts=starts,
        ends=ends,
        **seldom,
    )


def _more(choices: Mapping[str, tuple[str, ...]], codes: Sequence[str]) -> dict[str, Any]:
    """The filters that are asked for seldom, and how many of them narrow the list."""
    catalog = session.billing().catalog
    used = sum(bool(st.session_state.get(name)) for name in MORE)
    label = tr("More filters ({count})", count=used) if used else tr("More filters")
    with st.popover(label, icon=":material/tune:", key="more_filters"):
        return {
            "currencies": filters.several(
                tr("Currency"), "currencies", codes, str.upper, width=IN_MORE
            ),
            "plans": filters.several(
                tr("Plan"),
                "plans",
                tuple(catalog.plans),
                lambda slug: listing.plan_name(catalog, slug),
                width=IN_MORE,
            ),
            "methods": filters.several(
                tr("Collection"), "methods", choices["methods"], fmt.words, width=IN_MORE
            ),
            "reasons": filters.several(
                tr("Made by"), "reasons", choices["reasons"], invoice.made_by, width=IN_MORE
            ),
            "marks": filters.several(
                tr("Came back"),
                "marks",
                list(MARKS),
                lambda key: tr(MARKS[key]),
                width=IN_MORE,
            ),
            "ended": bool(
                st.toggle(
                    tr("Ended subscriptions"),
                    key="ended",
                    bind="query-params",
                    on_change=filters.first_page,
                    help=defined.meaning("ended_open"),
                )
            ),
        }


def _created() -> tuple[int | None, int | None]:
    """Days of creation: the first second of the first, and of the day after the last."""
    days = st.date_input(
        tr("Created"),
        value=(),
        key="days",
        format="DD.MM.YYYY",
        label_visibility="collapsed",
        bind="query-params",
        on_change=filters.first_page,
        width=210,
        help=tr("The days on which invoices were created."),
    )
    chosen = [day for day in days if isinstance(day, date)] if isinstance(days, tuple) else []
    if not chosen:
        return None, None
    return _midnight(chosen[0]), _midnight(chosen[-1] + timedelta(days=1))


def _midnight(day: date) -> int:
    zone = ZoneInfo(data.timezone())
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


@st.fragment
@notes.calmly
def draw(codes: Sequence[str], staff: Staff) -> None:
    """The filters, and the list if they leave one: what a filter redraws."""
    session.check(Permission.TOTALS)
    wanted = narrowed(paged.still(data.invoices(InvoiceFilters(limit=0))), codes)
    if paged.whole(data.invoices, wanted).total:
        _found(wanted, staff)
    else:
        filters.nothing(tr("No invoice matches these filters."))


@st.fragment
@notes.calmly
def _found(wanted: InvoiceFilters, staff: Staff) -> None:
    """The count, the sums, one page of rows, and the chosen invoice in detail: what a row, an order
    and a page switch redraw."""
    session.check(Permission.TOTALS)
    whole = paged.whole_still(data.invoices, wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            tr(
                "More than {count} invoices. Choose a row to see its lines.",
                count=fmt.number(whole.total),
            )
            if whole.capped
            else ntr(
                "{count} invoice. Choose a row to see its lines.",
                "{count} invoices. Choose a row to see its lines.",
                whole.total,
            ),
            width="stretch",
        )
        paged.count_all(whole)
        wanted = filters.ordered(wanted, ORDERS)
        download.csv_button("invoices", wanted, staff)
    place = st.container()
    page = paged.page(data.invoices, wanted, whole)
    with place:
        table(page)
    if not whole.capped:
        sums([cast(InvoiceSum, part) for part in whole.sums])
    if chosen := kept.params().get("invoice"):
        invoice.draw(chosen)


def sums(parts: Sequence[InvoiceSum]) -> None:
    """What the filtered list adds up to, one row a currency: they are never mixed."""
    tables.show(
        [
            {
                "code": part.currency.upper(),
                "count": part.count,
                "total": part.amount_minor,
                "tax": part.tax_minor,
                "paid": part.paid_minor,
                "left": part.open_minor,
                "credited": part.credited_minor,
                "refunded": part.refunded_minor,
                "disputed": part.disputed_minor,
                "currency": part.currency,
            }
            for part in parts
        ],
        {
            "code": st.column_config.TextColumn(tr("Sum of the list"), width=110),
            "count": defined.count("listed_invoices", tr("Invoices"), width=85),
            "total": _amount(tr("Total"), "invoiced"),
            "tax": _amount(tr("Tax"), "tax"),
            "paid": _amount(tr("Paid"), "paid"),
            "left": _amount(tr("Left to pay"), "open_amount"),
            "credited": _amount(tr("Credited"), "credited"),
            "refunded": _amount(tr("Refunded"), "refunded"),
            "disputed": _amount(tr("Disputed"), "disputed"),
        },
        key="invoice_sums",
        ids=[part.currency for part in parts],
        money=("total", "tax", "paid", "left", "credited", "refunded", "disputed"),
        alt=tr("What the filtered invoices add up to, by currency"),
        choose=False,
    )


def _amount(label: str, metric: str, width: int = 100) -> object:
    return defined.number(metric, label, width=width)


def table(page: Listing[InvoiceItem]) -> None:
    """One page of the list; a chosen row is kept in the address."""
    zone, column = data.timezone(), st.column_config
    ids = [item.invoice_id for item in page.rows]
    wanted = kept.params().get("invoice")
    tables.show(
        [
            {
                "number": item.number,
                "customer": listing.who(item),
                "status": tables.one(item.status),
                "total": item.total_minor,
                "tax": item.tax_minor or None,
                "paid": item.amount_paid_minor,
                "left": None if item.bucket is None else item.amount_remaining_minor,
                "credited": item.credited_minor or None,
                "refunded": item.refunded_minor or None,
                "disputed": item.disputed_minor or None,
                "created": fmt.moment(item.created_at, zone),
                "due": fmt.moment(item.due_at, zone),
                "age": max(item.age_days, 0) if item.age_days is not None else None,
                "ended": [mark("Ended")] if item.ended else [],
                "currency": item.currency,
            }
            for item in page.rows
        ],
        {
            "number": column.TextColumn(tr("Number"), width=125),
            "customer": column.TextColumn(tr("Customer"), width=160),
            "status": tables.badge(tr("Status"), width=90),
            "total": _amount(tr("Total"), "invoiced", 80),
            "tax": _amount(tr("Tax"), "tax", 65),
            "paid": _amount(tr("Paid"), "paid", 80),
            "left": _amount(tr("Left to pay"), "open_amount", 85),
            "created": column.DateColumn(tr("Created"), width=95),
            "due": column.DateColumn(tr("Due"), width=95),
            "age": defined.number(
                "ageing",
                tr("Days past due"),
                more=tr("Here in begun days; 0: not due."),
                width=110,
            ),
            "credited": _amount(tr("Credited"), "credited", 80),
            "refunded": _amount(tr("Refunded"), "refunded", 80),
            "disputed": _amount(tr("Disputed"), "disputed", 80),
            "ended": tables.badge(
                tr("Subscription"), help=defined.meaning("ended_open"), width=100
            ),
        },
        key="invoice_list",
        ids=ids,
        money=("total", "tax", "paid", "left", "credited", "refunded", "disputed"),
        alt=tr("Invoices, sorted and filtered as chosen above"),
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=partial(invoice.chosen, ids),
        sparse=True,
    )
