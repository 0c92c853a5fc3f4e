"""What customers are found by, filled for everyone who is there, and its indices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from lib.billing.domain.search import found_by
from lib.billing.store import search_index

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 5_000


def upgrade() -> None:
    _search_terms()
    _fill()
    search_index.create(op.get_bind())
    op.drop_index("ix_customers_name_lower", "customers")


def downgrade() -> None:
    op.create_index("ix_customers_name_lower", "customers", [sa.text("lower(name)")])
    search_index.drop(op.get_bind())
    op.drop_table("search_terms")


def _search_terms() -> None:
    columns = [
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
    ]
    key = ("customer_id", "kind", "object_id")
    if op.get_bind().dialect.name == "sqlite":
        # The full text index names rows by number, and VACUUM keeps only numbers that are declared.
        number = sa.Column("term_id", sa.Integer(), primary_key=True)
        op.create_table(
            "search_terms", number, *columns, sa.UniqueConstraint(*key, name=search_index.ONCE)
        )
    else:
        op.create_table(
            "search_terms", *columns, sa.PrimaryKeyConstraint(*key, name="pk_search_terms")
        )


def _fill() -> None:
    """As the writer would, so that nobody has to replay after the upgrade."""
    for kind, table, key, terms in (
        ("customer", "customers", "customer_id", ("email", "org_id", "name")),
        ("invoice", "invoices", "invoice_id", ("number",)),
    ):
        for rows in _portions(table, key, terms):
            op.get_bind().execute(
                sa.text(
                    "INSERT INTO search_terms (customer_id, kind, object_id, folded) VALUES (:customer_id, :kind, :object_id, :folded)"
                ),
                [
                    {
                        "customer_id": owner,
                        "kind": kind,
                        "object_id": object_id,
                        "folded": found_by(found),
                    }
                    for object_id, owner, *found in rows
                ],
            )


def _portions(table: str, key: str, terms: tuple[str, ...]) -> Iterator[list[tuple[Any, ...]]]:
    last = ""
    listed = ", ".join((key, "customer_id", *terms))
    query = sa.text(f"SELECT {listed} FROM {table} WHERE {key} > :last ORDER BY {key} LIMIT :limit")  # noqa: S608 - names are ours
    while rows := list(map(tuple, op.get_bind().execute(query, {"last": last, "limit": AT_ONCE}))):
        yield rows
        last = rows[-1][0]
