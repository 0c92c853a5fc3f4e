"""The first tables, and the triggers that keep the audit append-only."""

from __future__ import annotations

from alembic import op

from lib.billing.store.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER audit_keeps_{verb} BEFORE {event} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
)
_POSTGRES_FUNCTION = (
    "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
)
_POSTGRES_TRIGGER = (
    "CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(verb=event.lower(), event=event))
    else:
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES_TRIGGER)
    op.execute("INSERT INTO meta (key, value) VALUES ('watermark', '0')")


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
