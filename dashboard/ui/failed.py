"""One failing invoice: why, what to do about it, and every attempt so far."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.session import Staff
from dashboard.ui import billed, download, failing, filters, invoice, listing, notes, tables
from lib.billing import BillingError, FailedPaymentItem, Filters, Permission

_KEYS = "A key that may read invoices and PaymentIntents would tell the others."


def draw(wanted: Filters, staff: Staff) -> None:
    """The queue's count, one page of it, and the chosen invoice."""
    whole = data.failed_payments(replace(wanted, limit=1))
    if not whole.total:
        filters.nothing("No invoice matches these filters.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        amounts = [fmt.money(part.amount_minor, part.currency) for part in whole.sums]
        told = amounts if staff.may(Permission.TOTALS) else []
        count = fmt.joined((fmt.plural(whole.total, "invoice"), *told))
        st.caption(f"{count}. Choose a row to see its attempts and what to do.", width="stretch")
        download.csv_button("failed-payments", wanted, staff)
    place = st.container()
    offset = tables.pager(whole.total)
    page = data.failed_payments(replace(wanted, limit=tables.PAGE_SIZE, offset=offset))
    ids = [item.invoice_id for item in page.rows]
    with place:
        failing.table(page, st.query_params.get("invoice"), partial(invoice.chosen, ids))
    if chosen := st.query_params.get("invoice"):
        detail(chosen)


def unsaid() -> None:
    """That reasons cannot be read is said, never guessed."""
    refused = session.billing().declines_refused()
    if refused is not None:
        st.warning(
            f"Why payments fail is known only as far as events tell. {fmt.md(refused)} {_KEYS}",
            icon=":material/key_off:",
        )


def detail(invoice_id: str) -> None:
    """The card beneath the queue."""
    found = data.failed_payments(Filters(text=invoice_id, limit=10)).rows
    item = next((each for each in found if each.invoice_id == invoice_id), None)
    if item is None:
        st.info(
            f"{fmt.md(invoice_id)} is not in the queue any more: it was paid, or its subscription "
            "has ended.",
            icon=":material/info:",
        )
        return
    with st.container(border=True, key="failing_invoice"):
        _head(item)
        try:
            billed.history(session.billing().attempts(item.customer_id, invoice_id))
        except BillingError as error:
            notes.trouble(error)


def _head(item: FailedPaymentItem) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(fmt.md(listing.who(item)), anchor=False, width="content")
        if item.final_attempt:
            st.badge("Final attempt", icon=":material/block:", color="red")
        if item.sensitive:
            st.badge("For staff only", icon=":material/visibility_off:", color="orange")
    st.markdown(f"{fmt.md(failing.cause(item))}. **{fmt.md(item.advice)}**")
    st.caption(
        fmt.joined(
            (
                fmt.md(item.number or item.invoice_id),
                f"{fmt.md(fmt.money(item.amount_remaining_minor, item.currency))} left to pay",
                f"{fmt.md(fmt.money(item.mrr_minor, item.currency))} MRR at risk"
                if item.mrr_minor
                else None,
                f"access ends in {fmt.plural(item.days_left, 'day')}"
                if item.days_left
                else "access has ended"
                if item.days_left == 0
                else None,
            )
        )
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            "Open the customer",
            key=f"customer_of_{item.invoice_id}",
            type="primary",
            icon=":material/person_search:",
            help=f"The link “{fmt.words(item.suggested_flow)}” is made there.",
        ):
            tables.open_customer(item.customer_id)
        url = item.hosted_invoice_url
        if url and urlsplit(url).scheme in ("https", "http"):
            st.link_button("Invoice page", url, icon=":material/receipt_long:", type="tertiary")
