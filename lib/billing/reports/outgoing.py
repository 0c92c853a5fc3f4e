"""Every event that the product was or is to be told, at each endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from ..store.queries.outgoing import every_delivery
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    ends = request.ends
    if request.as_of is not None:
        ends = min(request.as_of + 1, ends) if ends is not None else request.as_of + 1
    for row in every_delivery(connection, request.starts, ends):
        yield dict(row)


REPORT = Definition(
    name="outgoing",
    question="What was the product told, and did it arrive?",
    rows=rows,
    dated_by="created_at",
    has_currency=False,
    order="By created_at, customer_id, sequence, then endpoint",
    kept_only=True,
    fields=(
        Field("event_id", Kind.TEXT, "The webhook-id of every attempt."),
        Field("type", Kind.TEXT, "What it tells, such as customer.plan_changed."),
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("sequence", Kind.NUMBER, "Its place among the customer's outgoing events, from 1."),
        Field("endpoint", Kind.TEXT, "The endpoint's name in portside.toml."),
        Field("state", Kind.TEXT, "waiting, delivered or dead."),
        Field("attempts", Kind.NUMBER, "How often it was offered to the endpoint."),
        Field("status", Kind.NUMBER, "The HTTP status of the last answer; null: there was none."),
        Field("reason", Kind.TEXT, "Why the last attempt failed, as a short code."),
        Field("occurred_at", Kind.TIME, "When what it tells came to be so."),
        Field("created_at", Kind.TIME, "When it was made here."),
        Field("next_attempt_at", Kind.TIME, "When it is offered next; null: not by itself."),
        Field("done_at", Kind.TIME, "When it was delivered, or given up."),
    ),
)
