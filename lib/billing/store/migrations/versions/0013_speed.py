"""Indices for what pages read of a million subscriptions, and the sums of all invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WINDING_DOWN = ("ends_at", "subscription_id")
TOLD_OF_THEM = (
    "live currency value_minor plan status feedback reason interval interval_count".split()
)
PARTIAL = (
    ("ix_subscriptions_paying", "subscriptions", ["currency", "mrr_minor"], "mrr_minor > 0"),
    ("ix_subscriptions_unvalued", "subscriptions", ["currency"], "mrr_minor IS NULL"),
    ("ix_subscriptions_past_due", "subscriptions", ["currency"], "status = 'past_due'"),
)
FLAGGED = (
    ("ix_customers_needs_reread", "customers", ["customer_id"], "needs_reread"),
    ("ix_movements_reconstructed", "movements", ["policy", "occurred_at"], "reconstructed"),
)


INVOICED = {
    "invoices_total": "total_minor",
    "invoices_tax": "tax_minor",
    "invoices_paid": "amount_paid_minor",
    "invoices_credited": "credited_minor",
    "invoices_refunded": "refunded_minor",
    "invoices_disputed": "disputed_minor",
    "invoices_open": "CASE WHEN status = 'open' THEN amount_remaining_minor ELSE 0 END",
}
SUMS = """
INSERT INTO rollups (kind, bucket, policy, plan, interval, interval_count, currency, tag,
                     subscriptions, customers, minor)
SELECT '{kind}', '', '', coalesce(status, ''), coalesce(collection_method, ''), 0,
       coalesce(currency, ''), coalesce(billing_reason, ''), 0, {count}, sum({amount})
FROM invoices
GROUP BY coalesce(status, ''), coalesce(collection_method, ''), coalesce(currency, ''),
         coalesce(billing_reason, '')
HAVING {count} <> 0 OR sum({amount}) <> 0
"""


def upgrade() -> None:
    _sums()
    for name, table, columns, condition in PARTIAL:
        _create(name, table, columns, condition, condition)
    for name, table, columns, flag in FLAGGED:
        _create(name, table, columns, f"{flag} = 1", flag)
    _winding_down([*WINDING_DOWN, *TOLD_OF_THEM])


def downgrade() -> None:
    for kind in INVOICED:
        op.execute(f"DELETE FROM rollups WHERE kind = '{kind}'")  # noqa: S608 - names are ours
    _winding_down([*WINDING_DOWN])
    for name, table, *_ in (*PARTIAL, *FLAGGED):
        op.drop_index(name, table)


def _sums() -> None:
    """As the writer keeps them from now on, so that nobody has to replay after the upgrade."""
    for kind, amount in INVOICED.items():
        count = "count(*)" if kind == "invoices_total" else "0"
        op.execute(SUMS.format(kind=kind, amount=amount, count=count))


def _winding_down(columns: list[str]) -> None:
    op.drop_index("ix_subscriptions_winding_down", "subscriptions")
    _create(
        "ix_subscriptions_winding_down",
        "subscriptions",
        columns,
        "winding_down = 1",
        "winding_down",
    )


def _create(name: str, table: str, columns: list[str], sqlite: str, postgres: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgres)
    )
