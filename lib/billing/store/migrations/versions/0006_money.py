"""What policies differ by, what leaves and when, and what was given back of an invoice.

The new columns hold nothing until `portside replay` has folded everybody anew; `portside doctor`
says so.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_AMOUNTS = ("credited_minor", "refunded_minor", "disputed_minor")


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("gross_minor", sa.BigInteger()))
    op.add_column("subscriptions", sa.Column("discounted_minor", sa.BigInteger()))
    for name in _AMOUNTS:
        op.add_column(
            "invoices", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
    op.add_column("invoices", sa.Column("dispute_status", sa.Text()))
    op.create_table(
        "runway",
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text()),
        sa.Column("to_plan", sa.Text()),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", "step", name="pk_runway"),
    )
    op.create_index("ix_runway_customer_id", "runway", ["customer_id"])
    op.create_index("ix_runway_at", "runway", ["at"])


def downgrade() -> None:
    op.drop_table("runway")
    for name in (*_AMOUNTS, "dispute_status"):
        op.drop_column("invoices", name)
    for name in ("discounted_minor", "gross_minor"):
        op.drop_column("subscriptions", name)
