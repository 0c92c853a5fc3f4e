"""The parts of the failed-payments page: its cards, its chart, its filters, its table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Final

import streamlit as st

from dashboard import charts, data, keeping, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, say, tr
from dashboard.ui import collecting, defined, filters, kpis, listing, picture, tables
from lib.billing import FailedPaymentItem, Filters, Listing

ORDERS: Final = {
    mark("Most urgent"): ("urgency", True),
    mark("Largest amount"): ("amount", True),
    mark("Largest MRR"): ("mrr_minor", True),
    mark("Failed latest"): ("failed_at", True),
    mark("Failed longest ago"): ("failed_at", False),
    mark("Next try"): ("next_attempt_at", False),
    mark("Most attempts"): ("attempts", True),
    mark("Customer"): ("customer", False),
}
MOST_CAUSES: Final = 8


def cards(everything: Listing[FailedPaymentItem], *, totals: bool) -> list[kpis.Card]:
    """The length of the queue for everyone; what it is worth, what is recovered and how long money
    takes only for those who see totals."""
    shown = [kpis.defined("failing_invoices", fmt.number(everything.total), good="neither")]
    if not totals:
        return shown + _most_common(everything)
    codes = listing.currencies(everything)
    for part in everything.sums:
        if part.currency == codes[0]:
            shown.append(
                kpis.defined(
                    "failing_amount",
                    fmt.money_short(part.amount_minor, part.currency),
                    tr("Currencies never mix."),
                    label=tr("Left to pay, {currency}", currency=part.currency.upper()),
                    delta=invoices(part.count),
                    good="neither",
                )
            )
    return shown + collecting.cards(codes[0])


def _most_common(everything: Listing[FailedPaymentItem]) -> list[kpis.Card]:
    causes: defaultdict[str, int] = defaultdict(int)
    for bar in everything.bars:
        causes[bar.key] += bar.count
    if not causes:
        return []
    cause, count = max(causes.items(), key=lambda pair: pair[1])
    return [
        kpis.defined(
            "common_decline",
            cause_name(cause),
            delta=invoices(count),
            good="neither",
        )
    ]


def invoices(count: int) -> str:
    return ntr("{count} invoice", "{count} invoices", count)


def cause(item: FailedPaymentItem) -> str:
    """Why it failed, and whether that is for staff only: a thief would like to know."""
    told = say(item.decline_words)
    return tr("Do not tell: {cause}", cause=told) if item.sensitive else told


def cause_name(code: str) -> str:
    return fmt.words(code) if code else tr("Not said")


def chart(everything: Listing[FailedPaymentItem], *, totals: bool) -> None:
    """One bar a decline code; a click narrows the queue to it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            defined.title(tr("Why do payments fail?"), "failing_amount", "failing_invoices")
            code = filters.currency(listing.currencies(everything), key="in") if totals else None
        rows = _causes(everything, code)
        picture.chart(
            keeping.figure("causes", lambda: charts.ranked(rows, charts.FAILED, code), rows, code),
            key="causes",
            on_select=_cause_chosen,
            chosen=picture.held("reasons"),
            alt=tr("Failing invoices by decline code. Choose a code below to list its customers."),
        )


def _causes(
    everything: Listing[FailedPaymentItem], code: str | None
) -> tuple[tuple[str, str, float, str], ...]:
    """What `charts.ranked` draws, of one currency or only counted."""
    found: dict[str, tuple[int, int]] = {}
    for bar in everything.bars:
        if code in (None, bar.currency):
            count, amount = found.get(bar.key, (0, 0))
            found[bar.key] = (count + bar.count, amount + bar.amount_minor if code else 0)
    largest = sorted(found.items(), key=lambda pair: (-pair[1][1], -pair[1][0], pair[0]))
    return tuple(
        (
            cause,
            cause_name(cause),
            fmt.major(amount, code) if code else float(count),
            fmt.joined((fmt.money(amount, code) if code else None, invoices(count))),
        )
        for cause, (count, amount) in largest[:MOST_CAUSES]
    )


def _cause_chosen() -> None:
    [cause, *_] = picture.clicked("causes")
    picture.choose(reasons=[cause] if cause else [])


def narrowed(everything: Listing[FailedPaymentItem]) -> Filters:
    """The filter row; its state is the address."""
    choices = everything.choices
    called = partial(listing.plan_name, session.billing().catalog)
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.text(tr("Search"), tr("Name, e-mail, id or invoice"))
        plans = filters.several(tr("Plan"), "plans", choices.get("plans", ()), called)
        reasons = filters.several(
            tr("Decline code"), "reasons", choices.get("reasons", ()), fmt.words
        )
        codes = filters.several(
            tr("Currency"), "currencies", choices.get("currencies", ()), str.upper
        )
    return Filters(
        text=text,
        plans=plans,
        reasons=reasons,
        currencies=codes,
    )


def table(
    page: Listing[FailedPaymentItem],
    wanted: str | None,
    on_choose: Callable[[int | None], None],
) -> None:
    """One page of the queue; ``wanted`` is the invoice that is chosen from the start."""
    ids = [item.invoice_id for item in page.rows]
    zone, catalog = data.timezone(), session.billing().catalog
    rows = [
        {
            "customer": listing.who(item),
            "left": item.amount_remaining_minor,
            "mrr": item.mrr_minor,
            "days_left": item.days_left,
            "attempt": item.attempt_count,
            "flag": [mark("Final attempt")] if item.final_attempt else [],
            "next": None if item.final_attempt else fmt.moment(item.next_attempt_at, zone),
            "cause": cause(item),
            "link": fmt.words(item.suggested_flow),
            "hosted": item.hosted_invoice_url,
            "failed": fmt.moment(item.failed_at, zone),
            "plan": listing.plan_name(catalog, item.plan) if item.plan else None,
            "invoice": item.number or item.invoice_id,
            "email": item.email,
            "currency": item.currency,
        }
        for item in page.rows
    ]
    column = st.column_config
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=150),
        "left": defined.number(
            "failed-payments.amount_remaining_minor", tr("Left to pay"), width=80
        ),
        "mrr": defined.number("failed-payments.mrr_minor", "MRR", width=70),
        "days_left": defined.number("access_days_left", width=65),
        "cause": column.TextColumn(
            tr("Cause"),
            help=tr("“Do not tell”: for staff only, never for the customer."),
            width=250,
        ),
        "flag": tables.badge(
            tr("Flag"), help=tr("Stripe will not try again by itself."), width=105
        ),
        "link": column.TextColumn(tr("Suggested link"), width=150),
        "next": column.DatetimeColumn(
            tr("Next try"),
            help=tr("When Stripe tries again by itself."),
            width=135,
        ),
        "attempt": defined.number("failed-payments.attempt_count", tr("Attempt"), width=65),
        "hosted": column.LinkColumn(tr("Invoice page"), display_text=tr("Open"), width=95),
        "failed": column.DateColumn(tr("Failed on"), width=105),
        "plan": column.TextColumn(tr("Plan"), width=85),
        "invoice": column.TextColumn(tr("Invoice"), width=110),
        "email": column.TextColumn(tr("E-mail"), width=200),
    }
    tables.show(
        rows,
        columns,
        key="failed_payments",
        ids=ids,
        money=("left", "mrr"),
        alt=tr("Invoices whose payment failed, most urgent first"),
        chosen=ids.index(wanted) if wanted in ids else None,
        on_choose=on_choose,
    )
