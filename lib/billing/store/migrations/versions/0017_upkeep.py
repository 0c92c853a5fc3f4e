"""How soon PostgreSQL cleans up behind pruning; SQLite has nothing of the kind."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
older_writers_go_on = True

# By default a fifth of a table is dead before its space is used again: of bodies, months.
KEPT = {
    "autovacuum_vacuum_scale_factor": "0.02",
    "toast.autovacuum_vacuum_scale_factor": "0.02",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        told = ", ".join(f"{name} = {value}" for name, value in KEPT.items())
        op.execute(f"ALTER TABLE inbox SET ({told})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE inbox RESET ({', '.join(KEPT)})")
