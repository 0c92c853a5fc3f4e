"""Sums, standings, findings, requests, and when a failed event is tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("tallies rollups standings findings reconciliations acknowledgements requests").split()


def upgrade() -> None:
    op.add_column("inbox", sa.Column("next_attempt_at", sa.BigInteger()))
    op.execute("UPDATE inbox SET next_attempt_at = received_at WHERE state = 'failed'")
    _tallies()
    _rollups()
    _standings()
    _findings()
    _reconciliations()
    _acknowledgements()
    _requests()


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    op.drop_column("inbox", "next_attempt_at")


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "source", "fate", name="pk_tallies"),
    )


def _rollups() -> None:
    op.create_table(
        "rollups",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("interval", sa.Text(), nullable=False),
        sa.Column("interval_count", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("subscriptions", sa.BigInteger(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind",
            "bucket",
            "policy",
            "plan",
            "interval",
            "interval_count",
            "currency",
            "tag",
            name="pk_rollups",
        ),
    )


def _standings() -> None:
    op.create_table(
        "standings",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("folded_by", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_standings"),
    )


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column(
            "finding_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.Column("object_type", sa.Text()),
        sa.Column("object_id", sa.Text()),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("projected", sa.Text()),
        sa.Column("stripe", sa.Text()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text()),
        sa.Column("lost_after", sa.BigInteger()),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("resolution", sa.Text()),
        sa.PrimaryKeyConstraint("finding_id", name="pk_findings"),
    )
    op.create_index("ix_findings_customer_id", "findings", ["customer_id"])
    op.create_index(
        "uq_findings_open",
        "findings",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        sa.Column(
            "run_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("repaired", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("left_out", sa.Text()),
        sa.PrimaryKeyConstraint("run_id", name="pk_reconciliations"),
    )
    op.create_index("ix_reconciliations_started_at", "reconciliations", ["started_at"])


def _acknowledgements() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column(
            "acknowledgement_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("acknowledgement_id", name="pk_acknowledgements"),
    )
    op.create_index("ix_acknowledgements_subject", "acknowledgements", ["subject"])


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column(
            "request_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("request_id", name="pk_requests"),
    )
    op.create_index(
        "ix_requests_waiting",
        "requests",
        ["request_id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
