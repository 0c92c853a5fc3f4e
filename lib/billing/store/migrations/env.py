"""Alembic asks this file how to reach the database: through the caller's connection."""

from __future__ import annotations

from alembic import context

from lib.billing.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
