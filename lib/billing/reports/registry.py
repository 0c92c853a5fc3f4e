"""Which reports there are, and how one is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from ..domain.errors import WrongUsage
from ..store.meta import WATERMARK
from ..store.queries.freshness import read_meta
from ..store.queries.reading import Connection, Reader
from . import (
    access_matrix,
    audit,
    drift,
    entitlements,
    failed_payments,
    inbox,
    invoices,
    link_conversion,
    links,
    movements,
    mrr,
    plan_customers,
    plan_mix,
    winding_down,
)
from .definition import Definition
from .fields import outward
from .report import Report
from .request import ReportRequest
from .stream import Stream

Scratch = Callable[[str, int | None], AbstractContextManager[Reader]]
"""(policy slug, last effective second or None for all) → a reader of a projection made for it."""

REPORTS: Final[dict[str, Definition]] = {
    definition.name: definition
    for definition in (
        entitlements.REPORT,
        access_matrix.REPORT,
        winding_down.REPORT,
        failed_payments.REPORT,
        plan_mix.REPORT,
        plan_customers.REPORT,
        mrr.REPORT,
        movements.REPORT,
        invoices.REPORT,
        drift.REPORT,
        inbox.REPORT,
        links.REPORT,
        link_conversion.REPORT,
        audit.REPORT,
    )
}
"""Every report by its name."""


def definition_of(name: str) -> Definition:
    """Raises WrongUsage for a name that is not a report's."""
    if name not in REPORTS:
        raise WrongUsage(f"There is no report {name!r}. Reports: {', '.join(sorted(REPORTS))}.")
    return REPORTS[name]


@contextmanager
def report_stream(
    request: ReportRequest,
    kept: Reader,
    scratch: Scratch,
    told: Callable[[int], None] = lambda _: None,
) -> Iterator[Stream]:
    """One report on the kept projection, or on one made for another time or policy.

    Its rows are read while they are gone through, all of them from one state of the projection.
    """
    definition = definition_of(request.name)
    definition.check(request)
    if definition.kept_only or not request.needs_scratch:
        with kept.open() as connection:
            rows = definition.rows(connection, request)
            yield Stream(definition, request, rows, watermark=_watermark(connection), told=told)
        return
    with kept.open() as connection:
        watermark = _watermark(connection)
    with scratch(request.policy, request.as_of) as reader, reader.open() as connection:
        rows = definition.rows(connection, request)
        yield Stream(definition, request, rows, watermark=watermark, told=told)


def run_report(request: ReportRequest, kept: Reader, scratch: Scratch) -> Report:
    """The same with all its rows in memory."""
    with report_stream(request, kept, scratch) as stream:
        kinds = {field.name: field.kind for field in stream.fields}
        rows = [
            {name: outward(kind, row[name]) for name, kind in kinds.items()} for row in stream.rows
        ]
        return Report(
            name=stream.name,
            fields=stream.fields,
            rows=rows,
            totals=stream.totals(),
            as_of=stream.as_of,
            timezone=stream.timezone,
            livemode=stream.livemode,
            watermark=stream.watermark,
            policy=stream.policy,
        )


def _watermark(connection: Connection) -> int:
    return int(read_meta(connection).get(WATERMARK, "0"))
