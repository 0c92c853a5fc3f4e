"""What winds down in one currency, the largest first, is walked along: where few are in it, all of
the others were passed over. And what leaves a currency is added up from an index alone."""

from __future__ import annotations

from alembic import op

from lib.billing.store import list_indices

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
older_writers_go_on = True

WALK, LEAVING = "walk_winding_currency", "ix_runway_currency"


def upgrade() -> None:
    list_indices.create_again(op.get_bind(), WALK)
    op.create_index(LEAVING, "runway", ["currency", "at", "minor"])


def downgrade() -> None:
    op.drop_index(LEAVING, "runway")
    op.execute(f"DROP INDEX IF EXISTS {WALK}")
