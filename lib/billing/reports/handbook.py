"""`docs/metrics.md`, written from the registries: `python -m lib.billing.reports.handbook`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ..domain.metrics import METRICS
from .definition import Definition
from .handbook_policies import misprints, policies
from .registry import REPORTS

_UNITS = {
    "money": "minor units of one currency",
    "count": "a count",
    "days": "whole days",
    "seconds": "seconds",
    "share": "a share of 1",
    "ratio": "a ratio",
}
_GOOD = {"up": "rising", "down": "falling", "neither": "neither way"}


def handbook() -> str:
    """Every metric, policy and report with its definitions, as Markdown."""
    return "\n".join((*_metrics(), *policies(), *misprints(), *_reports()))


def _metrics() -> Iterator[str]:
    yield "# Metrics, policies and reports"
    yield ""
    yield "Written by `python -m lib.billing.reports.handbook` from the registries in the code."
    yield ""
    yield "## Metrics"
    yield ""
    yield "| metric | unit | good when | definition | source |"
    yield "|---|---|---|---|---|"
    for metric in METRICS.values():
        unit, good = _UNITS[metric.unit], _GOOD[metric.good]
        yield (
            f"| **{metric.label}** `{metric.slug}` | {unit} | {good} | {metric.definition} "
            f"| {metric.source} |"
        )
    yield ""


def _reports() -> Iterator[str]:
    yield "## Reports"
    yield ""
    yield (
        "`portside report NAME`: amounts are integers in fields ending `_minor`, times are ISO "
        "8601 UTC, unknown is null, totals are by currency."
    )
    for definition in REPORTS.values():
        yield from _report(definition)
    yield ""


def _report(definition: Definition) -> Iterator[str]:
    yield ""
    yield f"### {definition.name}"
    yield ""
    yield definition.question
    if definition.dated_by is not None:
        yield f"`--from` and `--to` bound `{definition.dated_by}`."
    yield ""
    yield "| field | kind | definition |"
    yield "|---|---|---|"
    for field in definition.fields:
        yield f"| `{field.name}` | {field.kind.value} | {field.definition} |"


if __name__ == "__main__":
    sys.stdout.write(handbook())
