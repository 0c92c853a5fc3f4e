"""What of closed months is another sum today, by customer, with its cause."""

from __future__ import annotations

from collections.abc import Iterator

from ..closing import restated
from ..domain.close_causes import in_words
from ..domain.errors import WrongUsage
from ..domain.permissions import Permission
from ..store import closes
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def months_asked(connection: Connection, request: ReportRequest) -> set[str]:
    """The closed months that lie within ``--from`` and ``--to``. Raises WrongUsage."""
    if request.policy != request.setup.policy:
        raise WrongUsage(
            f"Movements are kept under the policy {request.setup.policy}: what was closed under "
            "another one has nothing to be compared with."
        )
    asked = request.filters
    return {
        link.close.month
        for link in closes.chain(connection, request.policy)
        if (asked.starts is None or asked.starts <= link.close.starts)
        and (asked.ends is None or link.close.ends <= asked.ends)
    }


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    months = months_asked(connection, request)
    zone = request.setup.timezone
    wanted = request.filters.currencies
    for found in restated.every(connection, request.setup):
        cause = found.cause
        if found.month in months and (not wanted or found.currency in wanted):
            yield {
                "month": found.month,
                "customer_id": found.customer_id,
                "currency": found.currency,
                "kind": found.kind,
                "closed_minor": found.closed_minor,
                "now_minor": found.now_minor,
                "delta_minor": found.delta_minor,
                "cause": cause.slug,
                "event_id": cause.event_id,
                "received_at": cause.received_at,
                "created_at": cause.created_at,
                "event_type": cause.type,
                "told": in_words(cause, zone),
            }


REPORT = Definition(
    name="restatements",
    question="What of closed months is another sum today, of which customer and why?",
    rows=rows,
    dated_by="month",
    kept_only=True,
    permission=Permission.MONEY,
    counted_as="restatements",
    sums=("delta_minor",),
    fields=(
        Field("month", Kind.TEXT, "The closed month."),
        Field("customer_id", Kind.TEXT, "Stripe's id of the customer."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field(
            "kind",
            Kind.TEXT,
            "new, reactivation, expansion, contraction or churn; of the first closed month also "
            "opening, which is MRR of before it.",
        ),
        Field("closed_minor", Kind.MONEY, "What was frozen."),
        Field("now_minor", Kind.MONEY, "What it is today."),
        Field("delta_minor", Kind.MONEY, "Today's minus the frozen one."),
        Field(
            "cause",
            Kind.TEXT,
            "late_event, failed_event, read, first_seen, reference, catalogue, policy, timezone, "
            "definitions, or unknown, which somebody should look at.",
        ),
        Field("event_id", Kind.TEXT, "The event or read behind it; null where rules changed."),
        Field("received_at", Kind.TIME, "When that was received."),
        Field("created_at", Kind.TIME, "When it happened in Stripe."),
        Field("event_type", Kind.TEXT, "Its type."),
        Field("told", Kind.TEXT, "The cause as a sentence."),
    ),
)
