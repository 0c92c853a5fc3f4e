"""Every invoice, as it stands."""

from __future__ import annotations

from collections.abc import Iterator

from ..store.queries.invoice_list import every_row
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for invoice in every_row(connection, request.filters, request.now):
        yield dict(invoice)


REPORT = Definition(
    name="invoices",
    question="Which invoices were created, and what became of them?",
    rows=rows,
    dated_by="created_at",
    counted_as="invoices",
    sums=(
        "total_minor",
        "tax_minor",
        "amount_due_minor",
        "amount_paid_minor",
        "amount_remaining_minor",
        "credited_minor",
        "refunded_minor",
        "disputed_minor",
    ),
    order="By created_at, then invoice_id",
    fields=(
        Field("invoice_id", Kind.TEXT, "Stripe's id of the invoice."),
        Field("number", Kind.TEXT, "The number on the invoice; drafts have none."),
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("subscription_id", Kind.TEXT, "The subscription it bills; null for none."),
        Field("status", Kind.TEXT, "draft, open, paid, void or uncollectible."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("total_minor", Kind.MONEY, "After discounts, with tax."),
        Field("tax_minor", Kind.MONEY, "The tax in it."),
        Field("amount_due_minor", Kind.MONEY, "What it asked for."),
        Field("amount_paid_minor", Kind.MONEY, "What was paid."),
        Field(
            "amount_remaining_minor",
            Kind.MONEY,
            "What is still to be paid; credit notes are already taken off.",
        ),
        Field("created_at", Kind.TIME, "When it was created."),
        Field("due_at", Kind.TIME, "When it is due; automatic invoices have no date."),
        Field("paid_at", Kind.TIME, "When it became paid."),
        Field("attempt_count", Kind.NUMBER, "Attempts to collect it automatically."),
        Field("hosted_invoice_url", Kind.TEXT, "Stripe's page of the invoice."),
        Field("pdf", Kind.TEXT, "Stripe's PDF of the invoice."),
        Field("collection_method", Kind.TEXT, "charge_automatically or send_invoice."),
        Field("billing_reason", Kind.TEXT, "Why Stripe made it."),
        Field("finalized_at", Kind.TIME, "When it was finalised."),
        Field("event_id", Kind.TEXT, "The event behind its state."),
        Field("credited_minor", Kind.MONEY, "Credit notes that stand: issued and not void."),
        Field("refunded_minor", Kind.MONEY, "Refunds that succeeded."),
        Field("disputed_minor", Kind.MONEY, "Disputes that were not won."),
        Field("dispute_status", Kind.TEXT, "Stripe's status of the newest dispute."),
    ),
)
