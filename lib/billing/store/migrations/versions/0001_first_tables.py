"""The first tables, and the triggers that keep the audit append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER audit_keeps_{verb} BEFORE {event} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
)
_POSTGRES_FUNCTION = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
)
_POSTGRES_TRIGGER = (
    "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
)


TABLES = (
    "inbox observations owners customers plan_entitlements subscriptions invoices movements "
    "prices products coupons audit notes meta"
).split()


def upgrade() -> None:
    _inbox()
    _observations()
    _owners()
    _customers()
    _plan_entitlements()
    _subscriptions()
    _invoices()
    _movements()
    for name in ("prices", "products", "coupons"):
        _reference(name)
    _audit()
    _notes()
    _meta()
    _guard_audit()
    op.execute("INSERT INTO meta (key, value) VALUES ('watermark', '0')")


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only")


def _guard_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(verb=event.lower(), event=event))
    else:
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES_TRIGGER)


def _reference(name: str) -> None:
    op.create_table(
        name,
        sa.Column(f"{name[:-1]}_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_second", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(f"{name[:-1]}_id", name=f"pk_{name}"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("api_version", sa.Text()),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.LargeBinary()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_inbox"),
    )
    op.create_index("ix_inbox_created_at", "inbox", ["created_at"])
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.create_index("ix_inbox_state_received_at", "inbox", ["state", "received_at"])


def _observations() -> None:
    op.create_table(
        "observations",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.Column("parent_type", sa.Text()),
        sa.Column("parent_id", sa.Text()),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("effective", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_observations"),
        sa.UniqueConstraint(
            "event_id",
            "object_type",
            "object_id",
            name="uq_observations_event_id_object_type_object_id",
        ),
    )
    op.create_index("ix_observations_customer_id_second", "observations", ["customer_id", "second"])
    op.create_index("ix_observations_effective", "observations", ["effective"])
    op.create_index(
        "ix_observations_object_type_object_id", "observations", ["object_type", "object_id"]
    )
    op.create_index(
        "ix_observations_parent",
        "observations",
        ["parent_type", "parent_id"],
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )


def _owners() -> None:
    op.create_table(
        "owners",
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.PrimaryKeyConstraint("object_id", "object_type", name="pk_owners"),
    )


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("currency", sa.Text()),
        sa.Column("locale", sa.Text()),
        sa.Column("created_at", sa.BigInteger()),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("delinquent", sa.Boolean(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("default_payment_method", sa.Text()),
        sa.Column("last_second", sa.BigInteger(), nullable=False),
        sa.Column("needs_reread", sa.Boolean(), nullable=False),
        sa.Column("gaps", sa.BigInteger(), nullable=False),
        sa.Column("awaiting", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_customers"),
    )
    op.create_index(
        "ix_customers_awaiting",
        "customers",
        ["awaiting"],
        sqlite_where=sa.text("awaiting <> ''"),
        postgresql_where=sa.text("awaiting <> ''"),
    )
    op.create_index("ix_customers_org_id", "customers", ["org_id"])
    op.create_index("ix_customers_email_lower", "customers", [sa.text("lower(email)")])
    op.create_index("ix_customers_name_lower", "customers", [sa.text("lower(name)")])


def _plan_entitlements() -> None:
    op.create_table(
        "plan_entitlements",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text()),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("granting", sa.Boolean(), nullable=False),
        sa.Column("access_until", sa.BigInteger()),
        sa.Column("past_due_since", sa.BigInteger()),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        sa.Column("cancel_at", sa.BigInteger()),
        sa.Column("current_period_end", sa.BigInteger()),
        sa.Column("features", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text()),
        sa.Column("event_id", sa.Text()),
        sa.Column("grants", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_plan_entitlements"),
    )
    op.create_index("ix_plan_entitlements_org_id", "plan_entitlements", ["org_id"])
    op.create_index("ix_plan_entitlements_plan", "plan_entitlements", ["plan"])


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("plan", sa.Text()),
        sa.Column("plan_rank", sa.BigInteger(), nullable=False),
        sa.Column("plan_resolved", sa.Boolean(), nullable=False),
        sa.Column("interval", sa.Text()),
        sa.Column("interval_count", sa.BigInteger()),
        sa.Column("currency", sa.Text()),
        sa.Column("collection_method", sa.Text()),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("item_count", sa.BigInteger(), nullable=False),
        sa.Column("metered", sa.Boolean(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("mrr_minor", sa.BigInteger()),
        sa.Column("value_minor", sa.BigInteger()),
        sa.Column("mrr_note", sa.Text()),
        sa.Column("current_period_start", sa.BigInteger()),
        sa.Column("current_period_end", sa.BigInteger()),
        sa.Column("cancel_at", sa.BigInteger()),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        sa.Column("winding_down", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("requested_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("feedback", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("trial_start", sa.BigInteger()),
        sa.Column("trial_end", sa.BigInteger()),
        sa.Column("pause_behavior", sa.Text()),
        sa.Column("resumes_at", sa.BigInteger()),
        sa.Column("schedule", sa.Text()),
        sa.Column("past_due_since", sa.BigInteger()),
        sa.Column("start_date", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger()),
        sa.Column("latest_invoice", sa.Text()),
        sa.Column("default_payment_method", sa.Text()),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("last_second", sa.BigInteger(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_customer_id", "subscriptions", ["customer_id"])
    op.create_index(
        "ix_subscriptions_live",
        "subscriptions",
        ["plan", "interval", "currency"],
        sqlite_where=sa.text("live = 1"),
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "ix_subscriptions_winding_down",
        "subscriptions",
        ["ends_at", "subscription_id"],
        sqlite_where=sa.text("winding_down = 1"),
        postgresql_where=sa.text("winding_down"),
    )


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("invoice_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("status", sa.Text()),
        sa.Column("currency", sa.Text()),
        sa.Column("collection_method", sa.Text()),
        sa.Column("billing_reason", sa.Text()),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_due_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_remaining_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger()),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("finalized_at", sa.BigInteger()),
        sa.Column("paid_at", sa.BigInteger()),
        sa.Column("voided_at", sa.BigInteger()),
        sa.Column("uncollectible_at", sa.BigInteger()),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger()),
        sa.Column("auto_advance", sa.Boolean(), nullable=False),
        sa.Column("failed_at", sa.BigInteger()),
        sa.Column("failing", sa.Boolean(), nullable=False),
        sa.Column("failure_code", sa.Text()),
        sa.Column("decline_code", sa.Text()),
        sa.Column("hosted_invoice_url", sa.Text()),
        sa.Column("pdf", sa.Text()),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("invoice_id", name="pk_invoices"),
    )
    op.create_index("ix_invoices_created_at", "invoices", ["created_at"])
    op.create_index("ix_invoices_customer_id_created_at", "invoices", ["customer_id", "created_at"])
    op.create_index(
        "ix_invoices_failing",
        "invoices",
        ["failed_at", "invoice_id"],
        sqlite_where=sa.text("failing = 1"),
        postgresql_where=sa.text("failing"),
    )
    op.create_index(
        "ix_invoices_open",
        "invoices",
        ["due_at", "invoice_id"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_invoices_subscription_id", "invoices", ["subscription_id"])


def _movements() -> None:
    op.create_table(
        "movements",
        sa.Column("movement_id", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("delta_minor", sa.BigInteger(), nullable=False),
        sa.Column("before_minor", sa.BigInteger(), nullable=False),
        sa.Column("after_minor", sa.BigInteger(), nullable=False),
        sa.Column("from_plan", sa.Text()),
        sa.Column("to_plan", sa.Text()),
        sa.Column("from_interval", sa.Text()),
        sa.Column("to_interval", sa.Text()),
        sa.Column("subscription_id", sa.Text()),
        sa.Column("event_id", sa.Text()),
        sa.Column("reconstructed", sa.Boolean(), nullable=False),
        sa.Column("switched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("policy", "movement_id", name="pk_movements"),
    )
    op.create_index("ix_movements_customer_id", "movements", ["customer_id"])
    op.create_index("ix_movements_policy_occurred_at", "movements", ["policy", "occurred_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column(
            "audit_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.Column("link_id", sa.Text()),
        sa.Column("click_id", sa.Text()),
        sa.Column("flow", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("ticket", sa.Text()),
        sa.Column("subscription_id", sa.Text()),
        sa.Column("invoice_id", sa.Text()),
        sa.Column("plan", sa.Text()),
        sa.Column("session_id", sa.Text()),
        sa.Column("code", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit"),
        sa.UniqueConstraint("previous_hash", name="uq_audit_previous_hash"),
    )
    op.create_index("ix_audit_click_id", "audit", ["click_id"])
    op.create_index("ix_audit_customer_id_at", "audit", ["customer_id", "at"])
    op.create_index("ix_audit_link_id", "audit", ["link_id"])
    op.create_index("ix_audit_staff_at", "audit", ["staff", "at"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column(
            "note_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_notes"),
    )
    op.create_index("ix_notes_customer_id_created_at", "notes", ["customer_id", "created_at"])


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
