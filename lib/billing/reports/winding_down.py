"""Which subscriptions end soon because somebody scheduled it."""

from __future__ import annotations

from collections.abc import Iterator

from ..store.queries import winding_down
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for row in winding_down.every_row(connection, request.filters):
        yield dict(row)


REPORT = Definition(
    name="winding-down",
    question="Which live subscriptions are scheduled to end, when, and why?",
    rows=rows,
    dated_by="ends_at",
    counted_as="subscriptions",
    sums=("mrr_minor",),
    order="By ends_at, then subscription_id",
    fields=(
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("email", Kind.TEXT, "The customer's e-mail address."),
        Field("subscription_id", Kind.TEXT, "The subscription that is winding down."),
        Field("plan", Kind.TEXT, "Our plan; null where the price was never in the catalogue."),
        Field("interval", Kind.TEXT, "The billing interval: day, week, month or year."),
        Field("status", Kind.TEXT, "Stripe's status; live ones only."),
        Field(
            "mrr_minor",
            Kind.MONEY,
            "Monthly value that leaves at the end, whatever the policy; null if not computable.",
        ),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("ends_at", Kind.TIME, "cancel_at, else the earliest item period end."),
        Field("requested_at", Kind.TIME, "When the end was asked for (canceled_at)."),
        Field("reason", Kind.TEXT, "Stripe's cancellation reason."),
        Field("feedback", Kind.TEXT, "What the customer chose as the reason."),
        Field("comment", Kind.TEXT, "The customer's own words."),
        Field("interval_count", Kind.NUMBER, "How many intervals one period lasts."),
        Field("name", Kind.TEXT, "The customer's name."),
        Field("event_id", Kind.TEXT, "The event behind the subscription's state."),
    ),
)
