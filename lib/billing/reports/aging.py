"""What is owed, by age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..domain.ageing import BUCKETS
from ..store.queries import owed
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    """Every bucket of every currency in which something is open, the empty ones too."""
    found: defaultdict[str | None, dict[tuple[str, int], tuple[int, int]]] = defaultdict(dict)
    for row in owed.ageing(connection, request.now, request.currency):
        cell = int(row["count"]), int(row["amount_minor"])
        found[row["currency"]][row["bucket"], int(row["ended"])] = cell
    for currency in sorted(found, key=lambda code: (code is None, code)):
        for bucket in BUCKETS:
            live = found[currency].get((bucket, 0), (0, 0))
            ended = found[currency].get((bucket, 1), (0, 0))
            yield {
                "currency": currency,
                "bucket": bucket,
                "invoices": live[0] + ended[0],
                "amount_remaining_minor": live[1] + ended[1],
                "ended_invoices": ended[0],
                "ended_remaining_minor": ended[1],
            }


REPORT = Definition(
    name="aging",
    question="How long has what is owed been owed?",
    rows=rows,
    sums=("invoices", "amount_remaining_minor", "ended_invoices", "ended_remaining_minor"),
    fields=(
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field(
            "bucket",
            Kind.TEXT,
            "Days past the due date, else past being finalised, begun days counted as whole: "
            "not_due, 1-30, 31-60, 61-90, 91-120 or >120.",
        ),
        Field("invoices", Kind.NUMBER, "Open invoices; each is in exactly one bucket."),
        Field(
            "amount_remaining_minor",
            Kind.MONEY,
            "What remains to be paid; credit notes and partial payments are already taken off.",
        ),
        Field(
            "ended_invoices",
            Kind.NUMBER,
            "Those of them whose subscription has ended: cancelling leaves invoices open.",
        ),
        Field("ended_remaining_minor", Kind.MONEY, "What remains to be paid on those."),
    ),
)
