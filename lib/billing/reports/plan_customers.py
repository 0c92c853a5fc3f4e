"""Who is behind the plan mix."""

from __future__ import annotations

from collections.abc import Iterator

from ..store.queries import plan_customers
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for row in plan_customers.every_row(connection, request.filters):
        yield dict(row)


REPORT = Definition(
    name="plan-customers",
    question="Which subscriptions count in MRR, whose are they, and what is each worth a month?",
    rows=rows,
    counted_as="subscriptions",
    sums=("mrr_minor",),
    order="By start_date, then subscription_id",
    fields=(
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("email", Kind.TEXT, "The customer's e-mail address."),
        Field("name", Kind.TEXT, "The customer's name."),
        Field("subscription_id", Kind.TEXT, "The subscription that counts in MRR."),
        Field("plan", Kind.TEXT, "Our plan; null where the price was never in the catalogue."),
        Field("interval", Kind.TEXT, "The billing interval: day, week, month or year."),
        Field("interval_count", Kind.NUMBER, "How many intervals one period lasts."),
        Field("status", Kind.TEXT, "Stripe's status."),
        Field("winding_down", Kind.FLAG, "Whether its end is scheduled."),
        Field("mrr_minor", Kind.MONEY, "Its monthly recurring revenue under the policy."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("start_date", Kind.TIME, "When the subscription began."),
    ),
)
