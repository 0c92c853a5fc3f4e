"""Sums of failed payments, and of customers by plan, interval and stay: all are added up once more.

A writer that does not know them would leave them wrong. And open invoices of one age are listed and
added up by an index alone.
"""

from __future__ import annotations

from alembic import op

from lib.billing.store import list_indices

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
    list_indices.create_again(op.get_bind(), "walk_invoices_due")


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
