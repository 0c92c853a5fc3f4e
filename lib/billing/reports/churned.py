"""Who left, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..retention.leaving import leavers
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    filters = replace(request.filters, starts=request.starts, ends=request.ends)
    if request.currency is not None:
        filters = replace(filters, currencies=(request.currency,))
    found = leavers(connection, request.judged_by, request.setup.timezone, filters)
    if found is None:
        return
    for row in found.every(connection):
        yield dict(row)


REPORT = Definition(
    name="churned",
    question="Who left, when, what did they pay, and what did they say?",
    rows=rows,
    dated_by="left_at",
    counted_as="customers",
    sums=("mrr_minor",),
    fields=(
        Field("left_at", Kind.TIME, "When MRR came down to zero, of the last time in the span."),
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("org_id", Kind.TEXT, "The organization, from metadata or Checkout's reference."),
        Field("email", Kind.TEXT, "The customer's e-mail address."),
        Field("name", Kind.TEXT, "The customer's name."),
        Field("subscription_id", Kind.TEXT, "The subscription whose end it was."),
        Field("plan", Kind.TEXT, "The plan before; null where it was never in the catalogue."),
        Field("interval", Kind.TEXT, "The billing interval before."),
        Field("mrr_minor", Kind.MONEY, "The customer's MRR before."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("cause", Kind.TEXT, "voluntary, involuntary or unknown, by Stripe's reason."),
        Field("reason", Kind.TEXT, "Stripe's cancellation reason."),
        Field("feedback", Kind.TEXT, "What the customer chose as the reason."),
        Field("comment", Kind.TEXT, "The customer's own words."),
        Field("joined_at", Kind.TIME, "When their first MRR in this currency came."),
        Field("back_at", Kind.TIME, "When they came back since; null where they did not."),
        Field("switched", Kind.FLAG, "Whether they went on in another currency."),
        Field("event_id", Kind.TEXT, "The event behind it."),
    ),
)
