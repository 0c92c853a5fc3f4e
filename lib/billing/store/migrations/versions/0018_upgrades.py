"""Sums of upgrades tell what changed and from which plan to which: all are added up once more."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
