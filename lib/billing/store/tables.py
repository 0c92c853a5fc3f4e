"""Every table of the projection's database.

Times are unix seconds UTC and money is minor units, both `BigInteger`. Lists and objects are
canonical JSON text (`lib.billing.domain.observations.canonical`). The columns of the derived tables
are the fields of the values in `lib.billing.domain.rows`, in the same order.

    kept        inbox, observations, owners, audit, notes, meta
    derived     customers, plan_entitlements, subscriptions, invoices, movements
    references  prices, products, coupons
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _maybe_text(name: str) -> Column[str]:
    return Column(name, Text)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe_number(name: str) -> Column[int]:
    return Column(name, BigInteger)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _serial(name: str) -> Column[int]:
    # SQLite counts by itself only for a column declared INTEGER PRIMARY KEY.
    return Column(
        name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )


inbox = Table(
    "inbox",
    metadata,
    _key("event_id"),
    _text("type"),
    _number("created_at"),  # the event's own `created`
    _number("received_at"),
    _text("source"),  # webhook · import · backfill · enrich · reconcile
    _text("state"),  # applied · stale · ignored · failed
    _maybe_text("error"),  # why it was ignored, or what made it fail
    _number("attempts"),
    _maybe_text("api_version"),
    _flag("livemode"),
    Column("payload", LargeBinary),  # the body, zlib; null once pruned. See inbox.body_of
    _number("size"),  # bytes of the body before compression
    Index(None, "received_at"),
    Index(None, "created_at"),
    Index(None, "state", "received_at"),
)

observations = Table(
    "observations",
    metadata,
    _serial("seq"),  # the order in which they were stored; the fold does not look at it
    _text("event_id"),
    _text("object_type"),
    _text("object_id"),
    _maybe_text("customer_id"),  # null until the customer of the parent is known
    _maybe_text("parent_type"),  # of an observation that names no customer of its own
    _maybe_text("parent_id"),
    _number("second"),
    _number("effective"),
    _text("kind"),  # created · edge · point · terminal
    _maybe_text("before"),  # canonical state
    _maybe_text("after"),  # canonical state
    UniqueConstraint("event_id", "object_type", "object_id"),
    Index(None, "customer_id", "second"),
    Index(None, "object_type", "object_id"),
    Index(
        "ix_observations_parent",
        "parent_type",
        "parent_id",
        sqlite_where=text("parent_id IS NOT NULL"),
        postgresql_where=text("parent_id IS NOT NULL"),
    ),
    Index(None, "effective"),
)

owners = Table(
    "owners",
    metadata,
    _text("object_id"),
    _text("object_type"),
    _maybe_text("customer_id"),  # null while only an orphan has named the object
    PrimaryKeyConstraint("object_id", "object_type"),
)
"""Whose object it is. These rows are also what concurrent writers lock: see `owners.py`."""

customers = Table(
    "customers",
    metadata,
    _key("customer_id"),
    _maybe_text("org_id"),
    _maybe_text("email"),
    _maybe_text("name"),
    _maybe_text("currency"),
    _maybe_text("locale"),
    _maybe_number("created_at"),
    _flag("deleted"),
    _flag("delinquent"),
    _number("balance_minor"),
    _maybe_text("default_payment_method"),
    _number("last_second"),
    _flag("needs_reread"),
    _number("gaps"),
    _text("awaiting"),
    Index(None, "org_id"),
    Index(
        "ix_customers_awaiting",
        "awaiting",
        sqlite_where=text("awaiting <> ''"),
        postgresql_where=text("awaiting <> ''"),
    ),
)
Index("ix_customers_email_lower", func.lower(customers.c.email))
Index("ix_customers_name_lower", func.lower(customers.c.name))

plan_entitlements = Table(
    "plan_entitlements",
    metadata,
    _key("customer_id"),
    _maybe_text("org_id"),
    _text("plan"),
    _text("rule"),
    _maybe_text("status"),
    _flag("granting"),
    _maybe_number("access_until"),
    _maybe_number("past_due_since"),
    _flag("cancel_at_period_end"),
    _maybe_number("cancel_at"),
    _maybe_number("current_period_end"),
    _text("features"),  # JSON list
    _text("limits"),  # JSON object
    _maybe_text("subscription_id"),
    _maybe_text("event_id"),
    _text("grants"),  # JSON list
    Index(None, "org_id"),
    Index(None, "plan"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _key("subscription_id"),
    _text("customer_id"),
    _text("status"),
    _flag("live"),
    _maybe_text("plan"),
    _number("plan_rank"),
    _flag("plan_resolved"),
    _maybe_text("interval"),
    _maybe_number("interval_count"),
    _maybe_text("currency"),
    _maybe_text("collection_method"),
    _maybe_number("quantity"),
    _number("item_count"),
    _flag("metered"),
    _text("items"),  # JSON list
    _maybe_number("mrr_minor"),
    _maybe_number("value_minor"),
    _maybe_text("mrr_note"),
    _maybe_number("current_period_start"),
    _maybe_number("current_period_end"),
    _maybe_number("cancel_at"),
    _flag("cancel_at_period_end"),
    _flag("winding_down"),
    _maybe_number("ends_at"),
    _maybe_number("requested_at"),
    _maybe_number("ended_at"),
    _maybe_text("reason"),
    _maybe_text("feedback"),
    _maybe_text("comment"),
    _maybe_number("trial_start"),
    _maybe_number("trial_end"),
    _maybe_text("pause_behavior"),
    _maybe_number("resumes_at"),
    _maybe_text("schedule"),
    _maybe_number("past_due_since"),
    _maybe_number("start_date"),
    _maybe_number("created_at"),
    _maybe_text("latest_invoice"),
    _maybe_text("default_payment_method"),
    _text("event_id"),
    _number("last_second"),
    _text("certainty"),
    Index(None, "customer_id"),
    Index(
        "ix_subscriptions_winding_down",
        "ends_at",
        "subscription_id",
        sqlite_where=text("winding_down = 1"),
        postgresql_where=text("winding_down"),
    ),
    Index(
        "ix_subscriptions_live",
        "plan",
        "interval",
        "currency",
        sqlite_where=text("live = 1"),
        postgresql_where=text("live"),
    ),
)

invoices = Table(
    "invoices",
    metadata,
    _key("invoice_id"),
    _text("customer_id"),
    _maybe_text("subscription_id"),
    _maybe_text("number"),
    _maybe_text("status"),
    _maybe_text("currency"),
    _maybe_text("collection_method"),
    _maybe_text("billing_reason"),
    _number("total_minor"),
    _number("tax_minor"),
    _number("amount_due_minor"),
    _number("amount_paid_minor"),
    _number("amount_remaining_minor"),
    _maybe_number("created_at"),
    _maybe_number("due_at"),
    _maybe_number("finalized_at"),
    _maybe_number("paid_at"),
    _maybe_number("voided_at"),
    _maybe_number("uncollectible_at"),
    _number("attempt_count"),
    _maybe_number("next_attempt_at"),
    _flag("auto_advance"),
    _maybe_number("failed_at"),
    _flag("failing"),
    _maybe_text("failure_code"),
    _maybe_text("decline_code"),
    _maybe_text("hosted_invoice_url"),
    _maybe_text("pdf"),
    _text("event_id"),
    Index(None, "customer_id", "created_at"),
    Index(None, "subscription_id"),
    Index(None, "created_at"),
    Index(
        "ix_invoices_failing",
        "failed_at",
        "invoice_id",
        sqlite_where=text("failing = 1"),
        postgresql_where=text("failing"),
    ),
    Index(
        "ix_invoices_open",
        "due_at",
        "invoice_id",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
)

movements = Table(
    "movements",
    metadata,
    _text("movement_id"),
    _text("policy"),
    _text("customer_id"),
    _text("currency"),
    _number("occurred_at"),
    _text("kind"),
    _number("delta_minor"),
    _number("before_minor"),
    _number("after_minor"),
    _maybe_text("from_plan"),
    _maybe_text("to_plan"),
    _maybe_text("from_interval"),
    _maybe_text("to_interval"),
    _maybe_text("subscription_id"),
    _maybe_text("event_id"),
    _flag("reconstructed"),
    _flag("switched"),
    PrimaryKeyConstraint("policy", "movement_id"),
    Index(None, "customer_id"),
    Index(None, "policy", "occurred_at"),
)


def _reference(name: str, key: str) -> Table:
    return Table(
        name,
        metadata,
        _key(key),
        _text("state"),  # canonical state
        _number("last_second"),
        _flag("deleted"),
    )


prices = _reference("prices", "price_id")
products = _reference("products", "product_id")
coupons = _reference("coupons", "coupon_id")

audit = Table(
    "audit",
    metadata,
    _serial("audit_id"),
    _number("at"),
    _text("staff"),
    _text("action"),  # link.requested · link.minted · link.refused · link.failed · export · …
    _maybe_text("customer_id"),
    _maybe_text("link_id"),  # joins the rows of one minting
    _maybe_text("click_id"),
    _maybe_text("flow"),
    _maybe_text("reason"),
    _maybe_text("ticket"),
    _maybe_text("subscription_id"),
    _maybe_text("invoice_id"),
    _maybe_text("plan"),
    _maybe_text("session_id"),  # Stripe's id; the session's address is never kept
    _maybe_text("code"),  # of a refusal or failure
    _maybe_text("detail"),  # one sentence, or canonical JSON
    _text("previous_hash"),
    _text("hash"),
    UniqueConstraint("previous_hash"),  # a chain has one successor a link: no silent fork
    Index(None, "staff", "at"),
    Index(None, "customer_id", "at"),
    Index(None, "link_id"),
    Index(None, "click_id"),
)
"""Append-only: triggers refuse UPDATE and DELETE."""

notes = Table(
    "notes",
    metadata,
    _serial("note_id"),
    _text("customer_id"),
    _text("staff"),
    _number("created_at"),
    _text("body"),
    Index(None, "customer_id", "created_at"),
)

meta = Table("meta", metadata, _key("key"), _text("value"))
"""watermark (raised by each commit of the writer), last_webhook_at, last_event_at, and cursors."""

DERIVED: Final = (customers, plan_entitlements, subscriptions, invoices, movements)
REFERENCES: Final = {"price": prices, "product": products, "coupon": coupons}
