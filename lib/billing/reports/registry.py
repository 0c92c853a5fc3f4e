"""Which reports there are, and how one is run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from ..domain.errors import WrongUsage
from ..store.meta import WATERMARK
from ..store.queries.freshness import read_meta
from ..store.queries.reading import Reader
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
    plan_mix,
    runway,
    self_audit,
    winding_down,
)
from .definition import Definition
from .fields import outward
from .report import Report
from .request import ReportRequest

Scratch = Callable[[str, int | None], AbstractContextManager[Reader]]
"""(policy slug, last effective second or None for all) → a reader of a projection made for it."""

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
        self_audit.REPORT,
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


def run_report(request: ReportRequest, kept: Reader, scratch: Scratch) -> Report:
    """Run one report on the kept projection, or on one made for another time or policy."""
    definition = definition_of(request.name)
    definition.check(request)
    with kept.open() as connection:
        watermark = int(read_meta(connection).get(WATERMARK, "0"))
    with _source(definition, request, kept, scratch) as reader, reader.open() as connection:
        rows = list(definition.rows(connection, request))
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


def _source(
    definition: Definition, request: ReportRequest, kept: Reader, scratch: Scratch
) -> AbstractContextManager[Reader]:
    if definition.kept_only or not request.needs_scratch:
        return nullcontext(kept)
    return scratch(request.policy, request.as_of)


def _outward(definition: Definition, row: dict[str, Any]) -> dict[str, Any]:
    return {field.name: outward(field.kind, row[field.name]) for field in definition.fields}
