"""Receipts: the rows behind one number of the roll-forward, and that they sum to it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import mark, ntr, tr
from dashboard.ui import choices, defined, filters, listing, notes, rolling, tables
from lib.billing import (
    ReceiptBalance,
    ReceiptConversion,
    ReceiptMovement,
    Receipts,
    RollForward,
    RollForwardLine,
)


def draw(rolled: RollForward, line: RollForwardLine, currency: str | None) -> None:
    """The choice of a number, the proof that its rows sum to it, and the rows."""
    part = _part(line, reporting=rolled.reporting)
    span = (line.starts, line.ends)
    place = st.container()
    offset = tables.pager(data.receipts(part, currency, span, 1).total)
    page = data.receipts(part, currency, span, tables.PAGE_SIZE, offset)
    with place:
        _proof(page, line)
        if not page.total:
            notes.empty(
                tr("No row: this number is zero."), hint=tr("Choose another part or period.")
            )
            return
        _rows(page, offset)


def _part(line: RollForwardLine, *, reporting: bool) -> str:
    """Which number; the address keeps it."""
    parts = [
        part
        for part in rolling.PARTS
        if (part != "fx" or reporting) and (part != "committed" or line.running)
    ]
    words = {part: defined.label(rolling.PARTS[part]) for part in parts}
    return choices.switch(
        tr("Part of the roll-forward"), "part", words, "closing", filters.first_page
    )


def _proof(page: Receipts[Any], line: RollForwardLine) -> None:
    metric = rolling.PARTS[page.part]
    spelled = fmt.money if page.part in rolling.BALANCES else fmt.signed
    number, code = page.number_minor, page.currency
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{defined.label(metric)}, {rolling.name(line)}: "
            f"{fmt.md(spelled(number, code) if number else fmt.money(number, code))}**",
            help=defined.meaning(metric),
            width="content",
        )
        if not page.agrees:
            st.badge(
                tr("Its rows sum to {amount}", amount=fmt.money(page.sum_minor, code)),
                icon=":material/error:",
                color="red",
                help=tr("The rows and the number differ: see Self-audit for the row at fault."),
            )
        elif number is None:
            st.badge(tr("A rate is missing"), icon=":material/currency_exchange:", color="orange")
        else:
            st.badge(_sums(page), icon=":material/check:", color="green")


def _sums(page: Receipts[Any]) -> str:
    first = page.rows[0] if page.rows else None
    if isinstance(first, ReceiptConversion):
        return ntr("{count} conversion sums to it", "{count} conversions sum to it", page.total)
    if page.part in rolling.BALANCES:
        return ntr("{count} customer sums to it", "{count} customers sum to it", page.total)
    return ntr("{count} movement sums to it", "{count} movements sum to it", page.total)


def _rows(page: Receipts[Any], offset: int) -> None:
    first = page.rows[0] if page.rows else None
    if isinstance(first, ReceiptConversion):
        _conversions(page)
        return
    chosen = _movements(page) if isinstance(first, ReceiptMovement) else _balances(page, offset)
    if chosen is not None:
        tables.open_customer(page.rows[chosen].customer_id)


def _movements(page: Receipts[ReceiptMovement]) -> int | None:
    zone, column = data.timezone(), st.column_config
    mode = "" if session.billing().livemode else "test/"
    rows = [
        {
            "customer": listing.who(row),
            "when": fmt.moment(row.occurred_at, zone),
            "change": row.amount_minor,
            "before": row.before_minor,
            "after": row.after_minor,
            "plans": _path(row),
            "inferred": [mark("Reconstructed")] if row.reconstructed else [],
            "event": f"https://dashboard.stripe.com/{mode}events/{fmt.code(row.event_id)}"
            if row.event_id
            else None,
            "subscription": row.subscription_id,
            "currency": page.currency,
        }
        for row in page.rows
    ]
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=180),
        "when": column.DatetimeColumn(tr("When"), width=140),
        "change": defined.number("movements.delta_minor", tr("Change"), width=85),
        "before": defined.number("movements.before_minor", tr("Before"), width=85),
        "after": defined.number("movements.after_minor", tr("After"), width=85),
        "plans": column.TextColumn(tr("From → to"), width=150),
        "inferred": tables.badge(
            tr("Told by"), width=125, help=defined.meaning("reconstructed_mrr")
        ),
        "event": column.LinkColumn(
            tr("Event"), display_text=r"events/(.+)$", width=240, help=tr("Opens in Stripe.")
        ),
        "subscription": column.TextColumn(tr("Subscription"), width=240),
    }
    return tables.show(
        rows,
        columns,
        key="receipt_movements",
        ids=[row.movement_id for row in page.rows],
        money=("change", "before", "after"),
        alt=tr("The movements behind the number"),
        sparse=True,
    )


def _path(row: ReceiptMovement) -> str:
    catalog = session.billing().catalog
    before = listing.plan_name(catalog, row.from_plan) if row.before_minor else ""
    after = listing.plan_name(catalog, row.to_plan) if row.after_minor else ""
    if before == after and row.from_interval != row.to_interval:
        before += f", {fmt.inside(fmt.every_named(row.from_interval or ''))}"
        after += f", {fmt.inside(fmt.every_named(row.to_interval or ''))}"
    return " → ".join(part for part in (before, after) if part)


def _balances(page: Receipts[ReceiptBalance], offset: int) -> int | None:
    zone, column = data.timezone(), st.column_config
    rows = [
        {
            "customer": listing.who(row),
            "amount": row.amount_minor,
            "since": fmt.moment(row.since, zone),
            "email": row.email,
            "id": row.customer_id,
            "currency": page.currency,
        }
        for row in page.rows
    ]
    columns = {
        "customer": column.TextColumn(tr("Customer"), width=195),
        "amount": defined.number(rolling.PARTS[page.part], more=tr("Of this customer."), width=120),
        "since": column.DateColumn(
            tr("Last movement"),
            width=130,
            help=tr("The last one before it."),
        ),
        "email": column.TextColumn(tr("E-mail"), width=255),
        "id": column.TextColumn(tr("Customer id"), width=190),
    }
    return tables.show(
        rows,
        columns,
        key="receipt_balances",
        ids=[row.customer_id for row in page.rows],
        money=("amount",),
        alt=tr("The customers behind the number"),
        sparse=True,
    )


def _conversions(page: Receipts[ReceiptConversion]) -> None:
    """Each in its own currency and converted; its customers are a change of currency away."""
    rows = [
        [
            row.currency.upper(),
            "" if row.day is None else fmt.calendar_day(row.day),
            "" if row.own_minor is None else fmt.md(fmt.money(row.own_minor, row.currency)),
            "" if row.rate is None else fmt.rate(row.rate),
            fmt.md(fmt.money(row.amount_minor, page.currency)),
        ]
        for row in page.rows
    ]
    told = tr("What rates did") if page.part == "fx" else tr("Converted")
    tables.text(
        [tr("Currency"), tr("Day of the rate"), tr("Amount"), tr("Rate"), told],
        rows,
        right=(2, 3, 4),
        unbroken=(1, 2, 3, 4),
    )
    st.caption(tr("Choose one currency above to see the customers behind its amounts."))
