"""Which reports there are, and how one is run."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from ..domain.errors import WrongUsage
from ..settings.rules import current_rules
from ..store import aside
from ..store.meta import WATERMARK
from ..store.queries.freshness import read_meta
from ..store.queries.reading import Reader
from . import (
    access_matrix,
    aging,
    audit,
    bridge,
    churn,
    churned,
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
    plan_mix,
    recovery,
    runway,
    saves,
    upgrades,
    winding_down,
)
from .definition import Definition, Row, Scratch
from .fields import outward
from .report import Report
from .request import ReportRequest

REPORTS: Final[dict[str, Definition]] = {
    definition.name: definition
    for definition in (
        entitlements.REPORT,
        access_matrix.REPORT,
        winding_down.REPORT,
        runway.REPORT,
        failed_payments.REPORT,
        plan_mix.REPORT,
        mrr.REPORT,
        movements.REPORT,
        bridge.REPORT,
        upgrades.REPORT,
        churn.REPORT,
        churned.REPORT,
        cohorts.REPORT,
        saves.REPORT,
        invoices.REPORT,
        aging.REPORT,
        dso.REPORT,
        recovery.REPORT,
        recovery.CASH,
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


def run_report(request: ReportRequest, kept: Reader, scratch: Scratch) -> Report:
    """Run one report on the kept projection, or on one made for another time or policy."""
    definition = definition_of(request.name)
    definition.check(request)
    with kept.open() as connection:
        watermark = int(read_meta(connection).get(WATERMARK, "0"))
    rows = _rows(definition, request, kept, scratch)
    shown = [_outward(definition, row) for row in rows[: request.limit]]
    return Report(
        name=definition.name,
        fields=definition.fields,
        rows=shown,
        totals=definition.totals_of(rows),
        as_of=request.now,
        livemode=request.setup.livemode,
        watermark=watermark,
        policy=request.policy,
    )


def _rows(
    definition: Definition, request: ReportRequest, kept: Reader, scratch: Scratch
) -> list[Row]:
    if definition.opens is not None:
        return list(definition.opens(request, kept, scratch))
    with _source(definition, request, kept, scratch) as reader, reader.open() as connection:
        return list(definition.rows(connection, request))


def _source(
    definition: Definition, request: ReportRequest, kept: Reader, scratch: Scratch
) -> AbstractContextManager[Reader]:
    if definition.kept_only or not request.needs_scratch:
        return nullcontext(kept)
    policy = request.judged_by
    if request.as_of is None and not policy.needs_clock and definition.by_movements(request):
        with kept.open() as connection:
            if aside.current(connection, current_rules(connection, request.setup, policy)):
                return nullcontext(kept)
    return scratch(policy, request.as_of, None)


def _outward(definition: Definition, row: dict[str, Any]) -> dict[str, Any]:
    return {field.name: outward(field.kind, row[field.name]) for field in definition.fields}
