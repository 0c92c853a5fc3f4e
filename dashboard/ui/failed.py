"""One failing invoice: why, what to do about it, and every attempt so far."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from dashboard import data, kept, session
from dashboard import format as fmt
from dashboard.language import ntr, say, tr
from dashboard.session import Staff
from dashboard.ui import (
    billed,
    download,
    failing,
    filters,
    invoice,
    listing,
    notes,
    paged,
    primary,
    tables,
    titles,
)
from lib.billing import BillingError, FailedPaymentItem, Filters, Permission


@st.fragment
@notes.calmly
def draw(staff: Staff) -> None:
    """The filters, and the queue if they leave one: what a filter redraws."""
    session.check(Permission.CUSTOMERS)
    wanted = failing.narrowed(paged.still(data.failed_payments(Filters(limit=0))))
    if paged.whole(data.failed_payments, wanted).total:
        _queue(wanted, staff)
    else:
        filters.nothing(tr("No invoice matches these filters."))


@st.fragment
@notes.calmly
def _queue(wanted: Filters, staff: Staff) -> None:
    """Its count, one page of it, and the chosen invoice: what a row, an order and a page switch
    redraw."""
    session.check(Permission.CUSTOMERS)
    whole = paged.whole_still(data.failed_payments, wanted)
    with st.container(horizontal=True, vertical_alignment="center"):
        amounts = [fmt.money(part.amount_minor, part.currency) for part in whole.sums]
        told = amounts if staff.may(Permission.TOTALS) else []
        count = paged.counted(whole, failing.invoices(whole.total))
        found = fmt.joined((count, *told))
        st.caption(
            tr("{found}. Choose a row to see its attempts and what to do.", found=found),
            width="stretch",
        )
        paged.count_all(whole)
        wanted = filters.ordered(wanted, failing.ORDERS)
        download.csv_button("failed-payments", wanted, staff)
    place = st.container()
    page = paged.page(data.failed_payments, wanted, whole)
    ids = [item.invoice_id for item in page.rows]
    with place:
        failing.table(page, kept.params().get("invoice"), partial(invoice.chosen, ids))
    if chosen := kept.params().get("invoice"):
        detail(chosen, page.rows)


def unsaid() -> None:
    """That reasons cannot be read is said, never guessed."""
    refused = session.billing().declines_refused()
    if refused is not None:
        st.warning(
            tr(
                "Why payments fail is known only as far as events tell. {refused} A key that may "
                "read invoices and PaymentIntents would tell the others.",
                refused=fmt.md(refused),
            ),
            icon=":material/key_off:",
        )


def detail(invoice_id: str, shown: Sequence[FailedPaymentItem] = ()) -> None:
    """The card beneath the queue; ``shown``: rows of it that are known already."""
    item = _of(invoice_id, shown)
    if item is None:
        item = _of(invoice_id, data.failed_payments(Filters(text=invoice_id, limit=10)).rows)
    if item is None:
        st.info(
            tr(
                "{invoice} is not in the queue any more: it was paid, or its subscription has "
                "ended.",
                invoice=fmt.md(invoice_id),
            ),
            icon=":material/info:",
        )
        return
    with st.container(border=True, key="failing_invoice"):
        _head(item)
        try:
            billed.history(session.billing().attempts(item.customer_id, invoice_id))
        except BillingError as error:
            notes.trouble(error)


def _of(invoice_id: str, rows: Sequence[FailedPaymentItem]) -> FailedPaymentItem | None:
    return next((each for each in rows if each.invoice_id == invoice_id), None)


def _head(item: FailedPaymentItem) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        titles.draw(listing.who(item), key="failed_who", width="content")
        if item.final_attempt:
            st.badge(tr("Final attempt"), icon=":material/block:", color="red")
        if item.sensitive:
            st.badge(tr("For staff only"), icon=":material/visibility_off:", color="orange")
    st.markdown(f"{fmt.md(failing.cause(item))}. **{fmt.md(say(item.advice))}**")
    st.caption(
        fmt.joined(
            (
                fmt.md(item.number or item.invoice_id),
                tr("{amount} left to pay", amount=_money(item.amount_remaining_minor, item)),
                tr("{amount} MRR at risk", amount=_money(item.mrr_minor, item))
                if item.mrr_minor
                else None,
                _access(item.days_left),
            )
        )
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            primary.label(tr("Open the customer")),
            key=f"customer_of_{item.invoice_id}",
            type="primary",
            icon=":material/person_search:",
            help=tr("The link “{flow}” is made there.", flow=fmt.words(item.suggested_flow)),
        ):
            tables.open_customer(item.customer_id)
        url = item.hosted_invoice_url
        if url and urlsplit(url).scheme in ("https", "http"):
            st.link_button(tr("Invoice page"), url, icon=":material/receipt_long:", type="tertiary")


def _money(minor: int | None, item: FailedPaymentItem) -> str:
    return fmt.md(fmt.money(minor, item.currency))


def _access(days: int | None) -> str | None:
    if days is None:
        return None
    if not days:
        return tr("access has ended")
    return ntr("access ends in {count} day", "access ends in {count} days", days)
