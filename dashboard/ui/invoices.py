"""The list of invoices: its filters, what it adds up to, its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, cast
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import defined, download, filters, invoice, listing, owed, tables
from lib.billing import METRICS, InvoiceFilters, InvoiceItem, InvoiceSum, Listing

ORDERS: Final = {
    "Newest": ("created_at", True),
    "Oldest": ("created_at", False),
    "Overdue longest": ("due", False),
    "Largest total": ("total", True),
    "Most left to pay": ("remaining", True),
    "Paid latest": ("paid_at", True),
    "Number": ("number", False),
    "Customer": ("customer", False),
}
MARKS: Final = {"credited": "Credited", "refunded": "Refunded", "disputed": "Disputed"}


def narrowed(everything: Listing[InvoiceItem], codes: Sequence[str]) -> InvoiceFilters:
    """The filter row; its state is the address."""
    choices, catalog = everything.choices, session.billing().catalog
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text("Search", "Number, name, e-mail or id")
        statuses = filters.several("Status", "statuses", choices["statuses"], fmt.words)
        buckets = filters.several("Age", "buckets", list(owed.BUCKETS), owed.BUCKETS.__getitem__)
        currencies = filters.several("Currency", "currencies", codes, str.upper)
        plans = filters.several(
            "Plan", "plans", tuple(catalog.plans), lambda slug: listing.plan_name(catalog, slug)
        )
        methods = filters.several("Collection", "methods", choices["methods"], fmt.words)
        reasons = filters.several("Made by", "reasons", choices["reasons"], invoice.made_by)
        marks = filters.several("Came back", "marks", list(MARKS), MARKS.__getitem__)
        starts, ends = _created()
        ended = st.toggle(
            "Ended subscriptions",
            key="ended",
            bind="query-params",
            on_change=filters.first_page,
            help=METRICS["ended_open"].definition,
        )
        sort, descending = filters.order(ORDERS)
    return InvoiceFilters(
        text=text,
        statuses=statuses,
        buckets=buckets,
        currencies=currencies,
        plans=plans,
        methods=methods,
        reasons=reasons,
        marks=marks,
        starts=starts,
        ends=ends,
        ended=bool(ended),
        sort=sort,
        descending=descending,
    )


def _created() -> tuple[int | None, int | None]:
    """Days of creation: the first second of the first, and of the day after the last."""
    days = st.date_input(
        "Created",
        value=(),
        key="days",
        format="DD.MM.YYYY",
        label_visibility="collapsed",
        bind="query-params",
        on_change=filters.first_page,
        width=210,
        help="The days on which invoices were created.",
    )
    chosen = [day for day in days if isinstance(day, date)] if isinstance(days, tuple) else []
    if not chosen:
        return None, None
    return _midnight(chosen[0]), _midnight(chosen[-1] + timedelta(days=1))


def _midnight(day: date) -> int:
    zone = ZoneInfo(data.timezone())
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def draw(wanted: InvoiceFilters, staff: Staff) -> None:
    """The count, the sums, one page of rows, and the chosen invoice in detail."""
    whole = data.invoices(replace(wanted, limit=1))
    if not whole.total:
        filters.nothing("No invoice matches these filters.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{fmt.plural(whole.total, 'invoice')}. Choose a row to see its lines.",
            width="stretch",
        )
        download.csv_button("invoices", wanted, staff)
    place = st.container()
    offset = tables.pager(whole.total)
    with place:
        table(data.invoices(replace(wanted, limit=tables.PAGE_SIZE, offset=offset)))
    sums([cast(InvoiceSum, part) for part in whole.sums])
    if chosen := st.query_params.get("invoice"):
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
            "code": st.column_config.TextColumn("Sum of the list", width=110),
            "count": defined.count("listed_invoices", "Invoices", width=75),
            "total": _amount("Total", "invoiced"),
            "tax": _amount("Tax", "tax"),
            "paid": _amount("Paid", "paid"),
            "left": _amount("Left to pay", "open_amount"),
            "credited": _amount("Credited", "credited"),
            "refunded": _amount("Refunded", "refunded"),
            "disputed": _amount("Disputed", "disputed"),
        },
        key="invoice_sums",
        ids=[part.currency for part in parts],
        money=("total", "tax", "paid", "left", "credited", "refunded", "disputed"),
        alt="What the filtered invoices add up to, by currency",
        choose=False,
    )


def _amount(label: str, metric: str, width: int = 100) -> object:
    return st.column_config.NumberColumn(label, help=METRICS[metric].definition, width=width)


def table(page: Listing[InvoiceItem]) -> None:
    """One page of the list; a chosen row is kept in the address."""
    zone, column = data.timezone(), st.column_config
    ids = [item.invoice_id for item in page.rows]
    wanted = st.query_params.get("invoice")
    tables.show(
        [
            {
                "number": item.number or item.invoice_id,
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
                "ended": ["Ended"] if item.ended else [],
                "currency": item.currency,
            }
            for item in page.rows
        ],
        {
            "number": column.TextColumn("Number", width=115),
            "customer": column.TextColumn("Customer", width=150),
            "status": tables.badge("Status", width=85),
            "total": _amount("Total", "invoiced", 80),
            "tax": _amount("Tax", "tax", 65),
            "paid": _amount("Paid", "paid", 80),
            "left": _amount("Left to pay", "open_amount", 85),
            "created": column.DateColumn("Created", format="D MMM YYYY", width=95),
            "due": column.DateColumn("Due", format="D MMM YYYY", width=95),
            "age": defined.number(
                "ageing", "Days past due", more="Here in begun days; 0: not due.", width=100
            ),
            "credited": _amount("Credited", "credited", 80),
            "refunded": _amount("Refunded", "refunded", 80),
            "disputed": _amount("Disputed", "disputed", 80),
            "ended": tables.badge("Subscription", help=METRICS["ended_open"].definition, width=95),
        },
        key="invoice_list",
        ids=ids,
        money=("total", "tax", "paid", "left", "credited", "refunded", "disputed"),
        alt="Invoices, sorted and filtered as chosen above",
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=partial(invoice.chosen, ids),
        sparse=True,
    )
