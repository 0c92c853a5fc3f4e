"""Triggers that keep staff notes append-only, as the audit is."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER notes_keep_{verb} BEFORE {event} ON notes "
    "BEGIN SELECT RAISE(ABORT, 'notes are append-only: write another one'); END"
)
_POSTGRES_FUNCTION = (
    "CREATE FUNCTION notes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'notes are append-only: write another one'; END $$"
)
_POSTGRES_TRIGGER = (
    "CREATE TRIGGER notes_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON notes "
    "FOR EACH STATEMENT EXECUTE FUNCTION notes_are_append_only()"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(_SQLITE.format(verb=verb, event=verb.upper()))
    else:
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES_TRIGGER)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER notes_keep_{verb}")
    else:
        op.execute("DROP TRIGGER notes_keep ON notes")
        op.execute("DROP FUNCTION notes_are_append_only()")
