"""Alembic's folder; run by `lib.billing.store.migrate`."""
