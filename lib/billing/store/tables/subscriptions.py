"""Subscriptions as they are folded; dropping them loses nothing.

The columns are the fields of `lib.billing.domain.rows.SubscriptionRow`, in the same order.
"""

from __future__ import annotations

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from .columns import flag, key, maybe_number, maybe_text, metadata, number, text

APART = (
    "{winding} OR pause_behavior IS NOT NULL OR status = 'paused' OR "
    "coalesce(value_minor, 0) <> coalesce(gross_minor, 0) OR "
    "coalesce(value_minor, 0) <> coalesce(discounted_minor, 0)"
)
"""Of a subscription's row: another policy than ours may count it otherwise. Few are so."""

subscriptions = Table(
    "subscriptions",
    metadata,
    key("subscription_id"),
    text("customer_id"),
    text("status"),
    flag("live"),
    maybe_text("plan"),
    number("plan_rank"),
    flag("plan_resolved"),
    maybe_text("interval"),
    maybe_number("interval_count"),
    maybe_text("currency"),
    maybe_text("collection_method"),
    maybe_number("quantity"),
    number("item_count"),
    flag("metered"),
    text("items"),  # JSON list
    maybe_number("mrr_minor"),
    maybe_number("value_minor"),
    maybe_number("gross_minor"),
    maybe_number("discounted_minor"),
    maybe_text("mrr_note"),
    maybe_number("current_period_start"),
    maybe_number("current_period_end"),
    maybe_number("cancel_at"),
    flag("cancel_at_period_end"),
    flag("winding_down"),
    maybe_number("ends_at"),
    maybe_number("requested_at"),
    maybe_number("ended_at"),
    maybe_text("reason"),
    maybe_text("feedback"),
    maybe_text("comment"),
    maybe_number("trial_start"),
    maybe_number("trial_end"),
    maybe_text("pause_behavior"),
    maybe_number("resumes_at"),
    maybe_text("schedule"),
    maybe_number("past_due_since"),
    maybe_number("start_date"),
    maybe_number("created_at"),
    maybe_text("latest_invoice"),
    maybe_text("default_payment_method"),
    text("event_id"),
    number("last_second"),
    text("certainty"),
    Index(None, "customer_id"),
    Index(
        "ix_subscriptions_winding_down",
        "ends_at",
        "subscription_id",
        # What the list adds up and can be narrowed to, so that no row is fetched for it.
        "live",
        "currency",
        "value_minor",
        "plan",
        "status",
        "feedback",
        "reason",
        "interval",
        "interval_count",
        sqlite_where=sql("winding_down = 1"),
        postgresql_where=sql("winding_down"),
    ),
    Index(
        "ix_subscriptions_paying",
        "currency",
        "mrr_minor",
        sqlite_where=sql("mrr_minor > 0"),
        postgresql_where=sql("mrr_minor > 0"),
    ),
    Index(
        "ix_subscriptions_unvalued",
        "currency",
        sqlite_where=sql("mrr_minor IS NULL"),
        postgresql_where=sql("mrr_minor IS NULL"),
    ),
    Index(
        "ix_subscriptions_unresolved",
        "subscription_id",
        sqlite_where=sql("live = 1 AND plan_resolved = 0"),
        postgresql_where=sql("live AND NOT plan_resolved"),
    ),
    Index(
        "ix_subscriptions_past_due",
        "currency",
        "live",
        "mrr_minor",
        sqlite_where=sql("status = 'past_due'"),
        postgresql_where=sql("status = 'past_due'"),
    ),
    Index(
        "ix_subscriptions_apart",
        "currency",
        # What a bridge between policies looks at, so that no row is fetched for it.
        "customer_id",
        "status",
        "pause_behavior",
        "winding_down",
        "past_due_since",
        "value_minor",
        "discounted_minor",
        "gross_minor",
        sqlite_where=sql(APART.format(winding="winding_down = 1")),
        postgresql_where=sql(APART.format(winding="winding_down")),
    ),
    Index(
        "ix_subscriptions_live",
        "plan",
        "interval",
        "currency",
        sqlite_where=sql("live = 1"),
        postgresql_where=sql("live"),
    ),
)

for _name, _column in (
    ("trial_end", subscriptions.c.trial_end),
    ("trial_ended_at", subscriptions.c.ended_at),
    ("trial_start", subscriptions.c.trial_start),
):
    Index(
        f"ix_subscriptions_{_name}",
        _column,
        sqlite_where=sql("trial_start IS NOT NULL"),
        postgresql_where=sql("trial_start IS NOT NULL"),
    )
