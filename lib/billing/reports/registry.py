"""Which reports there are, and how one is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from ..domain.errors import WrongUsage
from ..settings.rules import current_rules
from ..store import aside
from ..store.meta import WATERMARK
from ..store.queries.freshness import read_meta
from ..store.queries.reading import Connection, Reader
from . import (
    access_matrix,
    aging,
    audit,
    bridge,
    churn,
    churned,
    closes,
    cohorts,
    drift,
    dso,
    entitlements,
    failed_payments,
    inbox,
    invoices,
    link_conversion,
    links,
    movements,
    mrr,
    outgoing,
    plan_customers,
    plan_mix,
    plan_moves,
    plan_trend,
    recovery,
    restatements,
    runway,
    saves,
    self_audit,
    upgrades,
    winding_down,
)
from .definition import Definition, Scratch
from .fields import outward
from .report import Report
from .request import ReportRequest
from .stream import Stream

REPORTS: Final[dict[str, Definition]] = {
    definition.name: definition
    for definition in (
        entitlements.REPORT,
        access_matrix.REPORT,
        winding_down.REPORT,
        runway.REPORT,
        failed_payments.REPORT,
        plan_mix.REPORT,
        plan_customers.REPORT,
        plan_trend.REPORT,
        plan_moves.REPORT,
        mrr.REPORT,
        movements.REPORT,
        bridge.REPORT,
        upgrades.REPORT,
        churn.REPORT,
        churned.REPORT,
        cohorts.REPORT,
        saves.REPORT,
        self_audit.REPORT,
        invoices.REPORT,
        aging.REPORT,
        dso.REPORT,
        recovery.REPORT,
        recovery.CASH,
        drift.REPORT,
        inbox.REPORT,
        outgoing.REPORT,
        links.REPORT,
        link_conversion.REPORT,
        closes.REPORT,
        restatements.REPORT,
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
    if definition.opens is not None:
        with kept.open() as connection:
            watermark = _watermark(connection)
        rows = definition.opens(request, kept, scratch)
        yield Stream(definition, request, rows, watermark=watermark, told=told)
        return
    if definition.kept_only or not request.needs_scratch:
        with kept.open() as connection:
            rows = definition.rows(connection, request)
            yield Stream(definition, request, rows, watermark=_watermark(connection), told=told)
        return
    with kept.open() as connection:
        watermark = _watermark(connection)
    with _aside(definition, request, kept, scratch) as reader, reader.open() as connection:
        rows = definition.rows(connection, request)
        yield Stream(definition, request, rows, watermark=watermark, told=told)


def _aside(
    definition: Definition, request: ReportRequest, kept: Reader, scratch: Scratch
) -> AbstractContextManager[Reader]:
    """Another time or policy: made on the side, unless that policy's movements are kept."""
    policy = request.judged_by
    if request.as_of is None and not policy.needs_clock and definition.by_movements(request):
        with kept.open() as connection:
            if aside.current(connection, current_rules(connection, request.setup, policy)):
                return nullcontext(kept)
    return scratch(policy, request.as_of, None)


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
