"""What lies behind a customer's access: subscriptions, invoices, features, the timeline."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import corrections, notes, tables
from lib.billing import Correction, CustomerView, InvoiceRow, SubscriptionRow


def details(view: CustomerView) -> None:
    """Four views of the same customer; the address keeps which one is open."""
    subscriptions, invoices, usable, timeline = st.tabs(
        ["Subscriptions", "Invoices", "May use", "Timeline"],
        key="tab",
        on_change="rerun",
        bind="query-params",
    )
    # A tab that is not open costs nothing: only the open one is drawn.
    if subscriptions.open:
        with subscriptions:
            _subscriptions(view.subscriptions)
            corrections.schedules(view.schedules)
    elif invoices.open:
        with invoices:
            _invoices(view.invoices, view.corrections)
            corrections.table(view)
    elif usable.open:
        with usable:
            _may_use(view)
    elif timeline.open:
        with timeline:
            _timeline(view)


def renews_at(row: SubscriptionRow) -> int | None:
    """When it renews; None for one that ends, stands still, or is not paid for any more."""
    renewing = row.status in ("active", "past_due") and not row.winding_down
    return row.current_period_end if renewing else None


def _subscriptions(rows: Sequence[SubscriptionRow]) -> None:
    if not rows:
        notes.empty("Never subscribed.", hint="Hand over a checkout link.", icon=":material/info:")
        return
    zone = data.timezone()
    catalog = session.billing().catalog
    tables.show(
        [
            {
                "plan": catalog.plan(row.plan).name if row.plan else "Not in the catalogue",
                "status": tables.one("winding_down" if row.winding_down else row.status),
                "billed": fmt.every(row.interval, row.interval_count),
                "quantity": row.quantity,
                "mrr": row.mrr_minor,
                "renews": fmt.moment(renews_at(row), zone),
                "ends": fmt.moment(row.ended_at or row.ends_at, zone),
                "why": fmt.words(row.feedback or row.reason) if row.reason else None,
                "comment": row.comment,
                "id": row.subscription_id,
                "currency": row.currency,
            }
            for row in rows
        ],
        {
            "plan": st.column_config.TextColumn("Plan"),
            "status": tables.badge("Status"),
            "billed": st.column_config.TextColumn("Billed"),
            "quantity": st.column_config.NumberColumn("Quantity"),
            "mrr": st.column_config.NumberColumn("MRR"),
            "renews": st.column_config.DateColumn("Renews on", format="D MMM YYYY"),
            "ends": st.column_config.DateColumn("Ends on", format="D MMM YYYY"),
            "why": st.column_config.TextColumn("Reason"),
            "comment": st.column_config.TextColumn("Comment"),
            "id": st.column_config.TextColumn("Subscription"),
        },
        key="subscriptions",
        ids=[row.subscription_id for row in rows],
        money=("mrr",),
        alt="Subscriptions of this customer",
        choose=False,
        sparse=True,
    )


def _invoices(rows: Sequence[InvoiceRow], came_back: Sequence[Correction]) -> None:
    if not rows:
        notes.empty("No invoice yet.", icon=":material/info:")
        return
    zone = data.timezone()
    tables.show(
        [
            {
                "number": row.number or row.invoice_id,
                "status": tables.one(row.status),
                "total": row.total_minor,
                "left": row.amount_remaining_minor,
                "back": corrections.marks(came_back, row.invoice_id),
                "created": fmt.moment(row.created_at, zone),
                "paid": fmt.moment(row.paid_at, zone),
                "attempts": row.attempt_count,
                "next": fmt.moment(row.next_attempt_at, zone),
                "declined": fmt.words(row.decline_code) if row.decline_code else None,
                "page": row.hosted_invoice_url,
                "pdf": row.pdf,
                "currency": row.currency,
            }
            for row in rows
        ],
        {
            "number": st.column_config.TextColumn("Number"),
            "status": tables.badge("Status"),
            "total": st.column_config.NumberColumn("Total"),
            "left": st.column_config.NumberColumn("Left to pay"),
            "back": tables.badge("Came back"),
            "created": st.column_config.DateColumn("Created", format="D MMM YYYY"),
            "paid": st.column_config.DateColumn("Paid on", format="D MMM YYYY"),
            "attempts": st.column_config.NumberColumn("Attempts"),
            "next": st.column_config.DatetimeColumn("Next try", format="D MMM, HH:mm"),
            "declined": st.column_config.TextColumn("Declined"),
            "page": st.column_config.LinkColumn("Page", display_text="Open"),
            "pdf": st.column_config.LinkColumn("PDF", display_text="Open"),
        },
        key="invoices",
        ids=[row.invoice_id for row in rows],
        money=("total", "left"),
        alt="Invoices of this customer, newest first",
        choose=False,
        sparse=True,
    )


def _may_use(view: CustomerView) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown("**Features**")
        for name in view.feature_names:
            st.markdown(f":material/check: {fmt.md(name)}")
        if not view.feature_names:
            st.caption("None beyond the default plan.")
    with right:
        st.markdown("**Limits**")
        for name, limit in view.access.limits.items():
            st.markdown(f":material/speed: {fmt.md(fmt.words(name))}: {limit:,}")
        if not view.access.limits:
            st.caption("None.")


def _timeline(view: CustomerView) -> None:
    if not view.timeline:
        notes.empty("Nothing has happened yet.", icon=":material/info:")
        return
    zone = data.timezone()
    tables.show(
        [
            {
                "at": fmt.moment(entry.at, zone),
                "kind": fmt.words(entry.kind),
                "what": entry.sentence,
                "before": entry.before_minor,
                "after": entry.after_minor,
                "event": entry.event_id,
                "currency": entry.currency,
            }
            for entry in view.timeline
        ],
        {
            "at": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=130),
            "what": st.column_config.TextColumn("What happened", width=310),
            "before": st.column_config.NumberColumn("MRR before", width=85),
            "after": st.column_config.NumberColumn("MRR after", width=80),
            "kind": st.column_config.TextColumn("About", width=95),
            "event": st.column_config.TextColumn("Event"),
        },
        key="timeline",
        ids=[f"{entry.at}:{entry.event_id}:{entry.sentence}" for entry in view.timeline],
        money=("before", "after"),
        alt="What happened to this customer, newest first",
        choose=False,
    )
