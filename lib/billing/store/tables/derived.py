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
from .subscriptions import subscriptions

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
    # What leaves a currency is added up from it alone.
    Index("ix_runway_currency", "currency", "at", "minor"),
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
    # With the policy: by itself that has indices too, which SQLite would rather take.
    Index(None, "customer_id", "policy", "occurred_at"),
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
