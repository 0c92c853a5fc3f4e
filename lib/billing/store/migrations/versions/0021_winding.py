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
    connection = op.get_bind()
    (walk,) = (each for each in list_indices.WALKS if each.name == WALK)
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(list_indices.statement(walk, sqlite=sqlite))
    op.create_index(LEAVING, "runway", ["currency", "at", "minor"], if_not_exists=True)


def downgrade() -> None:
    op.drop_index(LEAVING, "runway")
    op.execute(f"DROP INDEX IF EXISTS {WALK}")
