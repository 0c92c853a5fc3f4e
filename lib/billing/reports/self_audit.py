"""Whether every way to a number of MRR leads to the same one."""

from __future__ import annotations

from collections.abc import Iterator

from ..showing.self_audit import audit
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for line in audit(connection, request.setup, request.now).lines:
        if request.currency in (None, line.currency):
            yield {
                "currency": line.currency,
                "line": line.slug,
                "claim": line.claim,
                "unit": line.unit,
                "left": line.left,
                "right": line.right,
                "ok": line.ok,
                "rows": [fault.row for fault in line.rows],
                "note": line.note or None,
            }


REPORT = Definition(
    name="self-audit",
    question="Does every way to a number of MRR lead to the same one, and which row breaks it?",
    rows=rows,
    kept_only=True,
    fields=(
        Field("currency", Kind.TEXT, "Currency of the line."),
        Field("line", Kind.TEXT, "What is compared; stable."),
        Field("claim", Kind.TEXT, "What should be so."),
        Field("unit", Kind.TEXT, "money (minor units of the currency) or count."),
        Field("left", Kind.NUMBER, "The one side; null where a rate is missing."),
        Field("right", Kind.NUMBER, "The other side."),
        Field("ok", Kind.FLAG, "Whether the claim holds; null where it cannot be told."),
        Field("rows", Kind.LIST, "Ids of the rows at fault; of a line that holds, what it names."),
        Field("note", Kind.TEXT, "What else there is to know of the line."),
    ),
)
