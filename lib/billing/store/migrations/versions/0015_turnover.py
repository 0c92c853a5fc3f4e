"""Sums that compare each customer with its own past."""

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


def downgrade() -> None:
    op.drop_table("turnover")
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
