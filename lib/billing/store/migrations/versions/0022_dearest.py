"""What is past due is walked along by what it is worth, and a failing invoice of a subscription is
found by its currency without being read."""

from __future__ import annotations

from alembic import op

from lib.billing.store import list_indices

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
older_writers_go_on = True

DEAREST, FAILING = "walk_due_dearest", "walk_failing_told"


def upgrade() -> None:
    for name in (DEAREST, FAILING):
        list_indices.create_again(op.get_bind(), name)


def downgrade() -> None:
    op.execute(f"DROP INDEX IF EXISTS {DEAREST}")
