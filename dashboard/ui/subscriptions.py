"""A customer's subscriptions, each with the one date on which it renews or ends."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import defined, notes, tables
from lib.billing import SubscriptionRow


def renews_at(row: SubscriptionRow) -> int | None:
    """When it renews; None for one that ends, stands still, or is not paid for any more."""
    renewing = row.status in ("active", "past_due") and not row.winding_down
    return row.current_period_end if renewing else None


def table(rows: Sequence[SubscriptionRow]) -> None:
    """Live ones first. Both ways in which Stripe spells a cancellation are one "Ends on"."""
    if not rows:
        notes.empty(
            tr("Never subscribed."),
            hint=tr("Hand over a checkout link."),
            icon=":material/info:",
        )
        return
    zone = data.timezone()
    catalog = session.billing().catalog
    tables.show(
        [
            {
                "plan": catalog.plan(row.plan).name if row.plan else tr("Not in the catalogue"),
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
            "plan": st.column_config.TextColumn(tr("Plan")),
            "status": tables.badge(tr("Status")),
            "billed": st.column_config.TextColumn(tr("Billed")),
            "quantity": defined.count("quantity"),
            "mrr": defined.number("plan-customers.mrr_minor", tr("MRR")),
            "renews": st.column_config.DateColumn(tr("Renews on")),
            "ends": st.column_config.DateColumn(tr("Ends on")),
            "why": st.column_config.TextColumn(tr("Reason")),
            "comment": st.column_config.TextColumn(tr("Comment")),
            "id": st.column_config.TextColumn(tr("Subscription")),
        },
        key="subscriptions",
        ids=[row.subscription_id for row in rows],
        money=("mrr",),
        alt=tr("Subscriptions of this customer"),
        choose=False,
        sparse=True,
    )
