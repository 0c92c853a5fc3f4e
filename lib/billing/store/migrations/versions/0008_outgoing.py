"""What the product was told of its customers, and what is still to be delivered to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_DONE = sa.text("done_at IS NOT NULL")
_CHANGES = sa.text("changes_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "outgoing_told",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changes_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("customer_id", name="pk_outgoing_told"),
    )
    op.create_index(
        "ix_outgoing_told_changes_at",
        "outgoing_told",
        ["changes_at"],
        sqlite_where=_CHANGES,
        postgresql_where=_CHANGES,
    )
    op.create_table(
        "outgoing_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_outgoing_events"),
        sa.UniqueConstraint(
            "customer_id", "sequence", name="uq_outgoing_events_customer_id_sequence"
        ),
    )
    op.create_index("ix_outgoing_events_created_at", "outgoing_events", ["created_at"])
    _deliveries()


def _deliveries() -> None:
    op.create_table(
        "outgoing_deliveries",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger()),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("status", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("event_id", "endpoint", name="pk_outgoing_deliveries"),
    )
    for name, columns in (
        ("order", ["customer_id", "endpoint", "sequence"]),
        ("due", ["next_attempt_at"]),
    ):
        op.create_index(
            f"ix_outgoing_deliveries_{name}",
            "outgoing_deliveries",
            columns,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        )
    op.create_index(
        "ix_outgoing_deliveries_done",
        "outgoing_deliveries",
        ["state", "done_at"],
        sqlite_where=_DONE,
        postgresql_where=_DONE,
    )


def downgrade() -> None:
    op.drop_table("outgoing_deliveries")
    op.drop_table("outgoing_events")
    op.drop_table("outgoing_told")
