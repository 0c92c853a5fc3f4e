"""A customer's subscriptions, each with the one date on which it renews or ends."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import data, session
from dashboard import format as fmt
from dashboard.ui import defined, notes, tables
from lib.billing import SubscriptionRow


def renews_at(row: SubscriptionRow) -> int | None:
    """When it renews; None for one that ends, stands still, or is not paid for any more."""
    renewing = row.status in ("active", "past_due") and not row.winding_down
    return row.current_period_end if renewing else None


def table(rows: Sequence[SubscriptionRow]) -> None:
    """Live ones first. Both ways in which Stripe spells a cancellation are one "Ends on"."""
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
            "quantity": defined.count("quantity"),
            "mrr": defined.number("plan-customers.mrr_minor", "MRR"),
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
