"""Closed months, and the triggers that keep them as they were signed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("closes", "closed_movements")
_SQLITE_KEEP = (
    "CREATE TRIGGER {table}_keep_{verb} BEFORE {event} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'a closed month never changes'); END"
)
_SQLITE_SEALED = (
    "CREATE TRIGGER closed_movements_sealed BEFORE INSERT ON closed_movements "
    "WHEN EXISTS (SELECT 1 FROM closes WHERE policy = NEW.policy AND month = NEW.month) "
    "BEGIN SELECT RAISE(ABORT, 'a closed month takes no more movements'); END"
)
_POSTGRES = (
    "CREATE FUNCTION closed_months_never_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a closed month never changes'; END $$",
    "CREATE FUNCTION closed_months_take_no_more() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN IF EXISTS (SELECT 1 FROM fresh JOIN closes USING (policy, month)) THEN "
    "RAISE EXCEPTION 'a closed month takes no more movements'; END IF; RETURN NULL; END $$",
    *(
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION closed_months_never_change()"
        for table in _TABLES
    ),
    "CREATE TRIGGER closed_movements_sealed AFTER INSERT ON closed_movements "
    "REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION closed_months_take_no_more()",
)


def upgrade() -> None:
    _closes()
    _closed_movements()
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            for verb in ("update", "delete"):
                op.execute(_SQLITE_KEEP.format(table=table, verb=verb, event=verb.upper()))
        op.execute(_SQLITE_SEALED)
    else:
        for statement in _POSTGRES:
            op.execute(statement)


def _closes() -> None:
    op.create_table(
        "closes",
        sa.Column(
            "close_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("definitions", sa.Text(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("close_id", name="pk_closes"),
        sa.UniqueConstraint("policy", "month", name="uq_closes_policy_month"),
        sa.UniqueConstraint("previous_hash", name="uq_closes_previous_hash"),
    )


def _closed_movements() -> None:
    op.create_table(
        "closed_movements",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("movements", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "policy", "month", "customer_id", "currency", "kind", name="pk_closed_movements"
        ),
    )


def downgrade() -> None:
    op.drop_table("closed_movements")
    op.drop_table("closes")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION closed_months_take_no_more()")
        op.execute("DROP FUNCTION closed_months_never_change()")
