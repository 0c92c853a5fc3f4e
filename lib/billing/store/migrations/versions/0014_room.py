"""Room in the pages of what is rewritten with every event, so that PostgreSQL puts a row's next
version beside it and leaves its indices alone. Pages that are full stay as they are until rewritten.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

REWRITTEN = ("customers", "plan_entitlements", "subscriptions", "standings", "rollups", "meta")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in REWRITTEN:
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 75)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in REWRITTEN:
            op.execute(f"ALTER TABLE {table} RESET (fillfactor)")
