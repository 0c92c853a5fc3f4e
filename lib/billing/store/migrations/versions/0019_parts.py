"""Sums of failed payments, and of customers by plan, interval and stay: all are added up once more.

A writer that does not know them would leave them wrong. And open invoices of one age are listed and
added up by an index alone, and what moved of a customer is found by its policy and time as well.
"""

from __future__ import annotations

from alembic import op

from lib.billing.store import list_indices

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOVED = "ix_movements_customer_id_policy_occurred_at"


def upgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
    list_indices.create_again(op.get_bind(), "walk_invoices_due")
    op.create_index(MOVED, "movements", ["customer_id", "policy", "occurred_at"])
    op.drop_index("ix_movements_customer_id", "movements")


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
    op.create_index("ix_movements_customer_id", "movements", ["customer_id"])
    op.drop_index(MOVED, "movements")
