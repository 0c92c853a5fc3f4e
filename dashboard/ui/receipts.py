"""Receipts: the rows behind one number of the roll-forward, and that they sum to it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import defined, filters, listing, notes, rolling, tables
from lib.billing import (
    METRICS,
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
            notes.empty("No row: this number is zero.", hint="Choose another part or period.")
            return
        _rows(page, offset)


def _part(line: RollForwardLine, *, reporting: bool) -> str:
    """Which number; the address keeps it."""
    parts = [
        part
        for part in rolling.PARTS
        if (part != "fx" or reporting) and (part != "committed" or line.running)
    ]
    if st.session_state.get("part") not in parts:
        st.session_state["part"] = "closing"
    chosen: str = st.segmented_control(
        "Part of the roll-forward",
        parts,
        required=True,
        format_func=lambda part: METRICS[rolling.PARTS[part]].label,
        key="part",
        label_visibility="collapsed",
        bind="query-params",
        on_change=filters.first_page,
    )
    return chosen


def _proof(page: Receipts[Any], line: RollForwardLine) -> None:
    metric = METRICS[rolling.PARTS[page.part]]
    spelled = fmt.money if page.part in rolling.BALANCES else fmt.signed
    number, code = page.number_minor, page.currency
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{metric.label}, {rolling.name(line)}: "
            f"{fmt.md(spelled(number, code) if number else fmt.money(number, code))}**",
            help=metric.definition,
            width="content",
        )
        rows = fmt.plural(page.total, _noun(page))
        if not page.agrees:
            st.badge(
                f"{rows} sum to {fmt.money(page.sum_minor, code)}",
                icon=":material/error:",
                color="red",
                help="The rows and the number differ: see Self-audit for the row at fault.",
            )
        elif number is None:
            st.badge("A rate is missing", icon=":material/currency_exchange:", color="orange")
        else:
            verb = "sums" if page.total == 1 else "sum"
            st.badge(f"{rows} {verb} to it", icon=":material/check:", color="green")


def _noun(page: Receipts[Any]) -> str:
    first = page.rows[0] if page.rows else None
    if isinstance(first, ReceiptConversion):
        return "conversion"
    return "customer" if page.part in rolling.BALANCES else "movement"


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
            "inferred": ["Reconstructed"] if row.reconstructed else [],
            "event": f"https://dashboard.stripe.com/{mode}events/{fmt.code(row.event_id)}"
            if row.event_id
            else None,
            "subscription": row.subscription_id,
            "currency": page.currency,
        }
        for row in page.rows
    ]
    columns = {
        "customer": column.TextColumn("Customer", width=180),
        "when": column.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=140),
        "change": defined.number("movements.delta_minor", "Change", width=85),
        "before": defined.number("movements.before_minor", "Before", width=85),
        "after": defined.number("movements.after_minor", "After", width=85),
        "plans": column.TextColumn("From → to", width=135),
        "inferred": tables.badge(
            "Told by", width=115, help=METRICS["reconstructed_mrr"].definition
        ),
        "event": column.LinkColumn(
            "Event", display_text=r"events/(.+)$", width=195, help="Opens in Stripe."
        ),
        "subscription": column.TextColumn("Subscription", width=150),
    }
    return tables.show(
        rows,
        columns,
        key="receipt_movements",
        ids=[row.movement_id for row in page.rows],
        money=("change", "before", "after"),
        alt="The movements behind the number",
        sparse=True,
    )


def _path(row: ReceiptMovement) -> str:
    catalog = session.billing().catalog
    before = listing.plan_name(catalog, row.from_plan) if row.before_minor else ""
    after = listing.plan_name(catalog, row.to_plan) if row.after_minor else ""
    if before == after and row.from_interval != row.to_interval:
        before += f", {fmt.every_named(row.from_interval or '').lower()}"
        after += f", {fmt.every_named(row.to_interval or '').lower()}"
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
        "customer": column.TextColumn("Customer", width=220),
        "amount": defined.number(rolling.PARTS[page.part], more="Of this customer.", width=120),
        "since": column.DateColumn(
            "Last movement", format="D MMM YYYY", width=130, help="The last one before it."
        ),
        "email": column.TextColumn("E-mail", width=230),
        "id": column.TextColumn("Customer id", width=170),
    }
    return tables.show(
        rows,
        columns,
        key="receipt_balances",
        ids=[row.customer_id for row in page.rows],
        money=("amount",),
        alt="The customers behind the number",
        sparse=True,
    )


def _conversions(page: Receipts[ReceiptConversion]) -> None:
    """Each in its own currency and converted; its customers are a change of currency away."""
    rows = [
        [
            row.currency.upper(),
            "" if row.day is None else f"{row.day.day} {row.day:%b %Y}",
            "" if row.own_minor is None else fmt.md(fmt.money(row.own_minor, row.currency)),
            "" if row.rate is None else fmt.rate(row.rate),
            fmt.md(fmt.money(row.amount_minor, page.currency)),
        ]
        for row in page.rows
    ]
    told = "What rates did" if page.part == "fx" else "Converted"
    tables.text(
        ["Currency", "Day of the rate", "Amount", "Rate", told],
        rows,
        right=(2, 3, 4),
        unbroken=(1, 2, 3, 4),
    )
    st.caption("Choose one currency above to see the customers behind its amounts.")
