"""Where Stripe and the projection differ now, each difference with its cause."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.findings import FindingFilters
from ..domain.times import DAY
from ..store.queries.findings import every_open
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    board = request.board
    wanted = board if isinstance(board, FindingFilters) else FindingFilters()
    for found in every_open(connection, request.now, wanted):
        if request.starts is not None and found.first_seen_at < request.starts:
            continue
        if request.ends is not None and found.first_seen_at >= request.ends:
            continue
        left = found.acknowledged
        yield {
            "customer_id": found.customer_id,
            "field": found.field,
            "projected": found.projected,
            "stripe": found.stripe,
            "cause": found.cause,
            "first_seen_at": found.first_seen_at,
            "last_seen_at": found.last_seen_at,
            "age_days": found.age(request.now) // DAY,
            "times": found.times,
            "kind": found.kind,
            "event_id": found.event_id,
            "lost_after": found.lost_after,
            "acknowledged_by": left.staff if left else None,
            "acknowledged_until": left.expires_at if left else None,
            "subject": found.subject,
        }


REPORT = Definition(
    name="drift",
    question="Where do Stripe and the projection differ, since when and why?",
    rows=rows,
    dated_by="first_seen_at",
    has_currency=False,
    kept_only=True,
    order="By first_seen_at, then subject",
    fields=(
        Field(
            "customer_id",
            Kind.TEXT,
            "Stripe's id of the customer; null where none or several are concerned.",
        ),
        Field("field", Kind.TEXT, "The object and which of its fields differ."),
        Field("projected", Kind.TEXT, "What is projected, as JSON; null where nothing is."),
        Field(
            "stripe",
            Kind.TEXT,
            "What Stripe has, or for a row what its history folds to, as JSON; null for nothing.",
        ),
        Field("cause", Kind.TEXT, "Why they differ: one of the causes of `portside reconcile`."),
        Field("first_seen_at", Kind.TIME, "When it was first found."),
        Field("last_seen_at", Kind.TIME, "When it was last found."),
        Field("age_days", Kind.NUMBER, "Whole days since it was first found."),
        Field("times", Kind.NUMBER, "In how many comparisons it was found."),
        Field("kind", Kind.TEXT, "drift, or gap: an event that never came."),
        Field("event_id", Kind.TEXT, "The event that was missed, failed or ignored."),
        Field("lost_after", Kind.TIME, "When Stripe's event list forgets that event."),
        Field("acknowledged_by", Kind.TEXT, "Who left it alone; null when nobody did."),
        Field("acknowledged_until", Kind.TIME, "Until when it is left alone."),
        Field("subject", Kind.TEXT, "The finding's name, the same in every comparison."),
    ),
)
