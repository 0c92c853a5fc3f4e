"""One invoice: its lines and whether they add up, what came back, the attempts, its pages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlsplit

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import mark, say, tr
from dashboard.ui import billed, corrections, notes, spelled, tables, titles
from lib.billing import (
    BillingError,
    InvoiceItem,
    InvoiceLines,
    Line,
    LinesView,
    TaxLine,
    minor_digits,
)

MADE_BY: Final = {
    "subscription_create": mark("New subscription"),
    "subscription_cycle": mark("Renewal"),
    "subscription_update": mark("Change of subscription"),
    "subscription_threshold": mark("Threshold reached"),
    "manual": mark("By hand"),
}


def made_by(billing_reason: str) -> str:
    """Why Stripe made an invoice."""
    known = MADE_BY.get(billing_reason)
    return tr(known) if known else fmt.words(billing_reason)


def chosen(ids: Sequence[str], index: int | None) -> None:
    """Keep which row was chosen in the address."""
    if index is None:
        kept.params().pop("invoice", None)
    else:
        kept.params()["invoice"] = ids[index]


def draw(invoice_id: str) -> None:
    """The invoice's card beneath the list."""
    try:
        view = data.invoice(invoice_id)
    except BillingError as error:
        notes.trouble(error)
        return
    with st.container(border=True, key="invoice"):
        _head(view.item)
        _lines(view.lines, view.item)
        corrections.of_invoice(view.corrections)
        billed.history(view.attempts)


def _head(item: InvoiceItem) -> None:
    zone = data.timezone()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        titles.draw(item.number or item.invoice_id, key="invoice_number", width="content")
        if item.status:
            word = fmt.words(item.status)
            st.badge(word, color=tables.colour(word))
        if item.ended:
            st.badge(tr("Subscription ended"), icon=":material/link_off:", color="orange")
        if item.dispute_status:
            st.badge(
                tr("Dispute: {status}", status=fmt.words(item.dispute_status)),
                icon=":material/gavel:",
                color="red" if item.disputed_minor else "gray",
            )
    st.markdown(
        fmt.joined(
            (
                f"**{fmt.md(item.name or item.email or item.customer_id)}**",
                _spelled(item.total_minor, item.currency),
                tr(
                    "{amount} left to pay",
                    amount=_spelled(item.amount_remaining_minor, item.currency),
                ),
            )
        )
    )
    st.caption(
        fmt.joined(
            (
                fmt.md(made_by(item.billing_reason)) if item.billing_reason else None,
                fmt.words(item.collection_method) if item.collection_method else None,
                _dated(mark("created {day}"), item.created_at, zone),
                _dated(mark("finalised {day}"), item.finalized_at, zone),
                _dated(mark("due {day}"), item.due_at, zone),
                _dated(mark("paid {day}"), item.paid_at, zone),
                fmt.md(item.invoice_id),
            )
        )
    )
    _ways(item)


def _ways(item: InvoiceItem) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            tr("Open the customer"),
            key=f"customer_of_{item.invoice_id}",
            icon=":material/person_search:",
        ):
            tables.open_customer(item.customer_id)
        for label, icon, url in (
            (tr("Invoice page"), ":material/receipt_long:", item.hosted_invoice_url),
            (tr("PDF"), ":material/picture_as_pdf:", item.pdf),
        ):
            if url and urlsplit(url).scheme in ("https", "http"):
                st.link_button(label, url, icon=icon, type="tertiary")
        mode = "" if session.billing().livemode else "test/"
        st.link_button(
            tr("Open in Stripe"),
            f"https://dashboard.stripe.com/{mode}invoices/{quote(item.invoice_id, safe='')}",
            icon=":material/open_in_new:",
            type="tertiary",
        )


def _dated(what: str, second: int | None, zone: str) -> str | None:
    return None if second is None else tr(what, day=fmt.day(second, zone))


def _lines(told: LinesView, item: InvoiceItem) -> None:
    st.markdown(tr("**Lines**"))
    if told.lines is None:
        st.info(fmt.md(say(told.why_not)), icon=":material/info:")
        return
    found = told.lines
    if found.lines:
        _line_table(found)
    _sum(found, item)
    if told.why_not:
        st.warning(fmt.md(say(told.why_not)), icon=":material/warning:")
    st.caption(tr("As told by {source}.", source=fmt.md(say(told.told_by))))


def _line_table(found: InvoiceLines) -> None:
    zone, column = data.timezone(), st.column_config
    code = found.currency
    tables.show(
        [
            {
                "what": line.description or line.price_id or line.line_id,
                "quantity": line.quantity,
                "unit": unit(line, code),
                "period": _period(line, zone),
                "proration": [mark("Proration")] if line.proration else [],
                "amount": line.amount_minor,
                "discount": -line.discount_minor or None,
                "tax": line.tax_minor or None,
                "price": line.price_id,
                "currency": line.currency or code,
            }
            for line in found.lines
        ],
        {
            "what": column.TextColumn(tr("Line"), width=270),
            "quantity": column.TextColumn(tr("Quantity"), width=80),
            "unit": column.TextColumn(tr("Unit price"), width=100, alignment="right"),
            "period": column.TextColumn(tr("Period"), width=195),
            "proration": tables.badge(tr("Kind"), width=100),
            "amount": column.NumberColumn(
                tr("Amount"), help=tr("Before discounts and exclusive tax."), width=95
            ),
            "discount": column.NumberColumn(tr("Discount"), width=90),
            "tax": column.NumberColumn(tr("Tax"), width=80),
            "price": column.TextColumn(tr("Price"), width=240),
        },
        key="invoice_lines",
        ids=[line.line_id for line in found.lines],
        money=("amount", "discount", "tax"),
        alt=tr("The invoice's lines, in Stripe's order"),
        choose=False,
        sparse=True,
    )


def _sum(found: InvoiceLines, item: InvoiceItem) -> None:
    """From the lines to the total, and whether they get there."""
    code = found.currency or item.currency
    steps = [(tr("Lines"), found.lines_minor)]
    for label, minor in (
        (tr("Discounts"), -found.discount_minor),
        (tr("Billing credits"), -found.credit_minor),
        (tr("Shipping"), found.shipping_minor),
    ):
        if minor:
            steps.append((label, minor))
    steps += [(_tax_name(tax), tax.amount_minor) for tax in found.taxes if not tax.inclusive]
    rows = [[fmt.md(label), _spelled(minor, code)] for label, minor in steps]
    rows.append([tr("**Total**"), f"**{_spelled(found.total_minor, code)}**"])
    rows += [
        [
            tr(":small[of it {tax}, included]", tax=fmt.md(_tax_name(tax))),
            _spelled(tax.amount_minor, code),
        ]
        for tax in found.taxes
        if tax.inclusive
    ]
    tables.text([tr("Adds up as"), tr("Amount")], rows, right=(1,), unbroken=(1,))
    if not found.complete:
        return  # what is missing is said beneath
    if found.off_by_minor:
        st.error(
            tr(
                "The lines do not add up to the total: {amount} is in the total and in no line. "
                "Compare the invoice in Stripe.",
                amount=fmt.md(fmt.signed(found.off_by_minor, code)),
            ),
            icon=":material/error:",
        )
    elif found.total_minor != item.total_minor:
        st.warning(
            tr(
                "The projection says {amount}: the lines are of an earlier state of the invoice.",
                amount=_spelled(item.total_minor, code),
            ),
            icon=":material/warning:",
        )
    else:
        st.caption(tr(":material/check_circle: Lines, discounts and tax add up to the total."))


def _spelled(minor: int | None, code: str | None) -> str:
    return fmt.md(fmt.money(minor, code))


def _tax_name(tax: TaxLine) -> str:
    name = tr("Tax")
    if tax.percentage:
        name = tr("Tax {percent} %", percent=spelled.sign(tax.percentage))
    return fmt.joined((name, fmt.words(tax.reason) if tax.reason else None))


def unit(line: Line, currency: str | None) -> str | None:
    """The price of one, exact: a unit may cost less than a cent."""
    code = line.currency or currency
    if line.unit_amount_decimal is None or code is None:
        return None
    minor = Decimal(line.unit_amount_decimal)
    if minor == minor.to_integral_value():
        return fmt.money(int(minor), code)
    return f"{spelled.sign(f'{minor.scaleb(-minor_digits(code)):f}')} {code.upper()}"


def _period(line: Line, zone: str) -> str | None:
    if line.period_start is None or line.period_end is None:
        return None
    if line.period_start == line.period_end:
        return fmt.day(line.period_start, zone)
    return f"{fmt.day(line.period_start, zone)} – {fmt.day(line.period_end, zone)}"
