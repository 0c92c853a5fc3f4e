"""Every event that was stored, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from ..store.queries.inbox import all_events
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    ends = request.ends
    if request.as_of is not None:
        ends = min(request.as_of + 1, ends) if ends is not None else request.as_of + 1
    for row in all_events(connection, request.starts, ends, request.filters.statuses):
        yield dict(row)


REPORT = Definition(
    name="inbox",
    question="Which events arrived, and what became of each?",
    rows=rows,
    dated_by="created_at",
    has_currency=False,
    order="By creation, then event_id",
    kept_only=True,
    fields=(
        Field("event_id", Kind.TEXT, "Stripe's id of the event; each is kept once."),
        Field("type", Kind.TEXT, "Stripe's type of the event."),
        Field("created_at", Kind.TIME, "When Stripe made it."),
        Field("received_at", Kind.TIME, "When it was stored here."),
        Field("source", Kind.TEXT, "webhook, import, backfill, enrich or reconcile."),
        Field(
            "state",
            Kind.TEXT,
            "applied; stale: folded into history, current rows unchanged; ignored; or failed.",
        ),
        Field("error", Kind.TEXT, "Why it was ignored or failed."),
        Field("attempts", Kind.NUMBER, "How often it was tried."),
        Field("api_version", Kind.TEXT, "The API version that its payload is written in."),
        Field("livemode", Kind.FLAG, "Whether it is of live mode."),
        Field(
            "next_attempt_at",
            Kind.TIME,
            "When a failed event is tried again by itself; null: it waits for a person.",
        ),
    ),
)
