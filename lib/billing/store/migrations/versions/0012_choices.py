"""Choices of staff: language, tour, the last visit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
older_writers_go_on = True


def upgrade() -> None:
    op.create_table(
        "staff_choices",
        sa.Column(
            "choice_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("choice_id", name="pk_staff_choices"),
    )
    op.create_index("ix_staff_choices_staff_name", "staff_choices", ["staff", "name"])


def downgrade() -> None:
    op.drop_table("staff_choices")
