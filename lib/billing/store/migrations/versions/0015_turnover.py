"""Sums that compare each customer with its own past, and what a look at every row has found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = "kind day policy currency tag began plan to_plan interval to_interval reason feedback".split()


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


def downgrade() -> None:
    op.drop_table("checked")
    op.drop_table("turnover")
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
