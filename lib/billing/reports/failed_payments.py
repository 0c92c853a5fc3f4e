"""Whose payment fails, and which link would help."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.declines import is_final_attempt, suggested_flow
from ..domain.times import DAY
from ..store.queries import failed_payments
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for row in failed_payments.every_row(connection, request.filters):
        code = row["decline_code"] or row["failure_code"]
        failed_at = row["failed_at"]
        yield dict(row) | {
            "final_attempt": is_final_attempt(row["next_attempt_at"], code),
            "age_days": None if failed_at is None else max(request.now - failed_at, 0) // DAY,
            "suggested_flow": suggested_flow(code),
        }


REPORT = Definition(
    name="failed-payments",
    question="Which open invoices could not be collected, and what should the customer be sent?",
    rows=rows,
    dated_by="failed_at",
    counted_as="invoices",
    sums=("amount_remaining_minor",),
    order="By failed_at, then invoice_id",
    fields=(
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("email", Kind.TEXT, "The customer's e-mail address."),
        Field("subscription_id", Kind.TEXT, "The invoice's subscription; null for none."),
        Field("invoice_id", Kind.TEXT, "The open automatic invoice."),
        Field("number", Kind.TEXT, "The invoice's number."),
        Field("amount_remaining_minor", Kind.MONEY, "What is still to be paid."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("attempt_count", Kind.NUMBER, "Attempts made so far."),
        Field("next_attempt_at", Kind.TIME, "Stripe's next attempt; null if there is none."),
        Field(
            "final_attempt",
            Kind.FLAG,
            "No further attempt is to be expected: none is scheduled, or the decline is one that "
            "is never retried.",
        ),
        Field(
            "decline_code",
            Kind.TEXT,
            "Why the bank declined; null where Stripe gives no decline code.",
        ),
        Field("failed_at", Kind.TIME, "When the first attempt failed."),
        Field("age_days", Kind.NUMBER, "Whole days since the first failure."),
        Field("mrr_minor", Kind.MONEY, "The subscription's MRR; null without one."),
        Field("suggested_flow", Kind.TEXT, "The link that helps with this decline."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("plan", Kind.TEXT, "Our plan of the subscription."),
        Field("status", Kind.TEXT, "Stripe's status of the subscription."),
        Field("failure_code", Kind.TEXT, "Stripe's error code of the last failed attempt."),
        Field("event_id", Kind.TEXT, "The event behind the invoice's state."),
    ),
)
