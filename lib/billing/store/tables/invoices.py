"""Invoices as they are folded, with what was given back of each; dropping them loses nothing.

The columns are the fields of `lib.billing.domain.rows.InvoiceRow`, in the same order.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index, Table, func
from sqlalchemy import text as sql

from .columns import flag, key, maybe_number, maybe_text, metadata, number, text

invoices = Table(
    "invoices",
    metadata,
    key("invoice_id"),
    text("customer_id"),
    maybe_text("subscription_id"),
    maybe_text("number"),
    maybe_text("status"),
    maybe_text("currency"),
    maybe_text("collection_method"),
    maybe_text("billing_reason"),
    number("total_minor"),
    number("tax_minor"),
    number("amount_due_minor"),
    number("amount_paid_minor"),
    number("amount_remaining_minor"),
    maybe_number("created_at"),
    maybe_number("due_at"),
    maybe_number("finalized_at"),
    maybe_number("paid_at"),
    maybe_number("voided_at"),
    maybe_number("uncollectible_at"),
    number("attempt_count"),
    maybe_number("next_attempt_at"),
    flag("auto_advance"),
    maybe_number("failed_at"),
    flag("failing"),
    maybe_text("failure_code"),
    maybe_text("decline_code"),
    maybe_text("hosted_invoice_url"),
    maybe_text("pdf"),
    text("event_id"),
    number("credited_minor"),
    number("refunded_minor"),
    number("disputed_minor"),
    maybe_text("dispute_status"),
    Index(None, "customer_id", "created_at"),
    Index(None, "subscription_id"),
    Index(None, "created_at"),
    Index(
        "ix_invoices_failing",
        "failed_at",
        "invoice_id",
        sqlite_where=sql("failing = 1"),
        postgresql_where=sql("failing"),
    ),
    Index(
        "ix_invoices_open",
        "due_at",
        "invoice_id",
        sqlite_where=sql("status = 'open'"),
        postgresql_where=sql("status = 'open'"),
    ),
)

_FAILED: Final = (
    "collection_method = 'charge_automatically' AND (failed_at IS NOT NULL OR {failing} OR "
    "attempt_count >= 2 OR (status = 'void' OR status = 'uncollectible') AND attempt_count >= 1) "
    "AND amount_due_minor > 0"
)
Index(
    "ix_invoices_failed",
    invoices.c.failed_at,
    sqlite_where=sql(_FAILED.format(failing="failing = 1")),
    postgresql_where=sql(_FAILED.format(failing="failing")),
)
Index(
    "ix_invoices_open_due",
    func.coalesce(invoices.c.due_at, invoices.c.finalized_at, invoices.c.created_at),
    sqlite_where=sql("status = 'open'"),
    postgresql_where=sql("status = 'open'"),
)
