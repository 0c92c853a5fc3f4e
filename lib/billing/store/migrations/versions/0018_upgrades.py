"""Sums of upgrades tell what changed and from which plan to which: all are added up once more.

And indices of the few subscriptions that another policy counts otherwise, or that are past due.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

APART = (
    "{winding} OR pause_behavior IS NOT NULL OR status = 'paused' OR "
    "coalesce(value_minor, 0) <> coalesce(gross_minor, 0) OR "
    "coalesce(value_minor, 0) <> coalesce(discounted_minor, 0)"
)
LOOKED_AT = (
    "currency customer_id status pause_behavior winding_down past_due_since value_minor "
    "discounted_minor gross_minor"
).split()


def upgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
    _index("ix_subscriptions_apart", LOOKED_AT, APART)
    op.drop_index("ix_subscriptions_past_due", "subscriptions")
    _past_due(["currency", "live", "mrr_minor"])


def downgrade() -> None:
    op.execute("DELETE FROM meta WHERE key = 'turnover'")
    op.drop_index("ix_subscriptions_apart", "subscriptions")
    op.drop_index("ix_subscriptions_past_due", "subscriptions")
    _past_due(["currency"])


def _past_due(columns: Sequence[str]) -> None:
    _index("ix_subscriptions_past_due", columns, "status = 'past_due'")


def _index(name: str, columns: Sequence[str], condition: str) -> None:
    op.create_index(
        name,
        "subscriptions",
        list(columns),
        sqlite_where=sa.text(condition.format(winding="winding_down = 1")),
        postgresql_where=sa.text(condition.format(winding="winding_down")),
    )
