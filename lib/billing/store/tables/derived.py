"""What is folded from observations; dropping it loses nothing.

The columns of a table are the fields of its value in `lib.billing.domain.rows`, in the same order.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    func,
)
from sqlalchemy import text as sql

from .columns import flag, key, maybe_number, maybe_text, metadata, number, text
from .invoices import invoices

customers = Table(
    "customers",
    metadata,
    key("customer_id"),
    maybe_text("org_id"),
    maybe_text("email"),
    maybe_text("name"),
    maybe_text("currency"),
    maybe_text("locale"),
    maybe_number("created_at"),
    flag("deleted"),
    flag("delinquent"),
    number("balance_minor"),
    maybe_text("default_payment_method"),
    number("last_second"),
    flag("needs_reread"),
    number("gaps"),
    text("awaiting"),
    Index(None, "org_id"),
    Index(
        "ix_customers_awaiting",
        "awaiting",
        sqlite_where=sql("awaiting <> ''"),
        postgresql_where=sql("awaiting <> ''"),
    ),
    Index(
        "ix_customers_gaps",
        "customer_id",
        sqlite_where=sql("gaps > 0"),
        postgresql_where=sql("gaps > 0"),
    ),
    Index(
        "ix_customers_needs_reread",
        "customer_id",
        sqlite_where=sql("needs_reread = 1"),
        postgresql_where=sql("needs_reread"),
    ),
)
Index("ix_customers_email_lower", func.lower(customers.c.email))

plan_entitlements = Table(
    "plan_entitlements",
    metadata,
    key("customer_id"),
    maybe_text("org_id"),
    text("plan"),
    text("rule"),
    maybe_text("status"),
    flag("granting"),
    maybe_number("access_until"),
    maybe_number("past_due_since"),
    flag("cancel_at_period_end"),
    maybe_number("cancel_at"),
    maybe_number("current_period_end"),
    text("features"),  # JSON list
    text("limits"),  # JSON object
    maybe_text("subscription_id"),
    maybe_text("event_id"),
    text("grants"),  # JSON list
    Index(None, "org_id"),
    Index(None, "plan"),
)

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

runway = Table(
    "runway",
    metadata,
    text("subscription_id"),
    number("step"),
    text("customer_id"),
    maybe_number("at"),
    text("kind"),  # end · downgrade
    maybe_text("plan"),
    maybe_text("to_plan"),
    text("currency"),
    number("minor"),
    PrimaryKeyConstraint("subscription_id", "step"),
    Index(None, "customer_id"),
    Index(None, "at"),
)
"""What MRR has and committed MRR has not: one row for each time a subscription gets less."""

movements = Table(
    "movements",
    metadata,
    text("movement_id"),
    text("policy"),
    text("customer_id"),
    text("currency"),
    number("occurred_at"),
    text("kind"),
    number("delta_minor"),
    number("before_minor"),
    number("after_minor"),
    maybe_text("from_plan"),
    maybe_text("to_plan"),
    maybe_text("from_interval"),
    maybe_text("to_interval"),
    maybe_text("subscription_id"),
    maybe_text("event_id"),
    flag("reconstructed"),
    flag("switched"),
    PrimaryKeyConstraint("policy", "movement_id"),
    Index(None, "customer_id"),
    Index(None, "policy", "occurred_at"),
    Index(
        "ix_movements_reconstructed",
        "policy",
        "occurred_at",
        sqlite_where=sql("reconstructed = 1"),
        postgresql_where=sql("reconstructed"),
    ),
)

search_terms = Table(
    "search_terms",
    metadata,
    text("customer_id"),
    text("kind"),  # customer · invoice
    text("object_id"),
    text("folded"),  # "\n\nterm\n\nterm\n": see lib.billing.domain.search
    PrimaryKeyConstraint("customer_id", "kind", "object_id"),
)
"""What customers are found by, beside ids. How it is indexed: lib.billing.store.search_index."""

standings = Table(
    "standings",
    metadata,
    key("customer_id"),
    text("folded_by"),  # the mark of the rules
    Column("state", LargeBinary, nullable=False),  # see lib.billing.store.standings
)
"""Where each customer's fold stands, so that what comes next can be applied in place."""


DERIVED: Final = (
    customers,
    plan_entitlements,
    subscriptions,
    invoices,
    runway,
    movements,
    search_terms,
)
