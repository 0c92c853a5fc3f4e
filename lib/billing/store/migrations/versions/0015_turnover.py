"""Sums that compare each customer with its own past, and what a look at every row has found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = "kind day policy currency tag began plan to_plan interval to_interval reason feedback".split()
INDICES = (
    (
        "ix_invoices_open_due",
        "invoices",
        "coalesce(due_at, finalized_at, created_at)",
        "status = 'open'",
    ),
    ("ix_subscriptions_trial_end", "subscriptions", "trial_end", "trial_start IS NOT NULL"),
    ("ix_subscriptions_trial_ended_at", "subscriptions", "ended_at", "trial_start IS NOT NULL"),
    ("ix_customers_gaps", "customers", "customer_id", "gaps > 0"),
    ("ix_subscriptions_trial_start", "subscriptions", "trial_start", "trial_start IS NOT NULL"),
)


FAILED = "ix_invoices_failed"
HAS_FAILED = (
    "collection_method = 'charge_automatically' AND (failed_at IS NOT NULL OR {failing} OR "
    "attempt_count >= 2 OR (status = 'void' OR status = 'uncollectible') AND attempt_count >= 1) "
    "AND amount_due_minor > 0"
)
REACHED = "ix_movements_reached"
UNRESOLVED = "ix_subscriptions_unresolved"


def upgrade() -> None:
    op.create_table(
        "turnover",
        *(sa.Column(name, sa.Text, nullable=False) for name in KEY),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name="pk_turnover"),
    )
    op.create_table(
        "checked",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("watermark", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_checked"),
    )
    for name, table, expression, condition in INDICES:
        where = sa.text(condition)
        op.create_index(
            name, table, [sa.text(expression)], sqlite_where=where, postgresql_where=where
        )
    bytewise = "" if op.get_bind().dialect.name == "sqlite" else ' COLLATE "C"'
    op.create_index(
        REACHED,
        "movements",
        ["policy", "currency", sa.text("after_minor DESC"), sa.text(f"customer_id{bytewise}")],
        sqlite_where=sa.text("after_minor <> 0"),
        postgresql_where=sa.text("after_minor <> 0"),
    )
    op.create_index(
        UNRESOLVED,
        "subscriptions",
        ["subscription_id"],
        sqlite_where=sa.text("live = 1 AND plan_resolved = 0"),
        postgresql_where=sa.text("live AND NOT plan_resolved"),
    )
    op.create_index(
        FAILED,
        "invoices",
        ["failed_at"],
        sqlite_where=sa.text(HAS_FAILED.format(failing="failing = 1")),
        postgresql_where=sa.text(HAS_FAILED.format(failing="failing")),
    )


def downgrade() -> None:
    op.drop_index(FAILED, "invoices")
    op.drop_index(REACHED, "movements")
    op.drop_index(UNRESOLVED, "subscriptions")
    for name, table, *_ in INDICES:
        op.drop_index(name, table)
    op.drop_table("checked")
    op.drop_table("turnover")
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
