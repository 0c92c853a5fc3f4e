"""Indices that lists are walked along; whoever is folded from now on is in the lists' sums."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lib.billing.store import list_indices

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SUMMED = (
    "winding",
    "winding_unvalued",
    "winding_week",
    "failing",
    "price",
    "price_unvalued",
    "price_again",
)


def upgrade() -> None:
    connection = op.get_bind()
    _forget()
    list_indices.create(connection)
    if connection.execute(sa.text("SELECT 1 FROM customers LIMIT 1")).first():
        # Until everybody is folded anew, which every upgrade of the rules asks for anyway.
        op.execute("INSERT INTO meta (key, value) VALUES ('lists_wait', '1')")


def downgrade() -> None:
    _forget()
    op.execute("DELETE FROM meta WHERE key = 'lists_wait'")
    list_indices.drop(op.get_bind())


def _forget() -> None:
    for kind in SUMMED:
        op.execute(f"DELETE FROM rollups WHERE kind = '{kind}'")  # noqa: S608 - names are ours
