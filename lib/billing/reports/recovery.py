"""What failed at the first attempt and what became of it, by failure and by payment."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..domain.metrics.collecting import recovery_rate
from ..store.queries import recovery
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .periods import periods
from .request import ReportRequest

AMOUNTS = ("failed_minor", "recovered_minor", "lost_minor", "undated_minor")


def by_failure(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    return failures(recovery.by_failure(connection, request.currency), request)


def failures(found: Sequence[Mapping[Any, Any]], request: ReportRequest) -> Iterator[Row]:
    """The report of what `store.queries.recovery.by_failure` found."""
    for (period, currency), sums in _by_period(found, request, (*AMOUNTS, "count")):
        failed, recovered = sums["failed_minor"], sums["recovered_minor"]
        yield {
            "period": period,
            "currency": currency,
            "failed_minor": failed,
            "recovered_minor": recovered,
            "lost_minor": sums["lost_minor"],
            "in_progress_minor": failed - recovered - sums["lost_minor"],
            "recovery_rate": recovery_rate(recovered, failed).value,
            "invoices": sums["count"],
            "undated_minor": sums["undated_minor"],
        }


def by_payment(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    return payments(recovery.by_payment(connection, request.currency), request)


def payments(found: Sequence[Mapping[Any, Any]], request: ReportRequest) -> Iterator[Row]:
    """The report of what `store.queries.recovery.by_payment` found."""
    for (period, currency), sums in _by_period(found, request, ("recovered_minor", "count")):
        yield {
            "period": period,
            "currency": currency,
            "recovered_minor": sums["recovered_minor"],
            "invoices": sums["count"],
        }


def _by_period(
    found: Sequence[Mapping[Any, Any]], request: ReportRequest, names: Iterable[str]
) -> Iterator[tuple[tuple[str | None, str], Counter[str]]]:
    """((period, currency), sums) of the periods that hold anything; last what has no time."""
    dated = [row for row in found if row["quarter_hour"] is not None and _within(row, request)]
    undated = [row for row in found if row["quarter_hour"] is None]
    if request.starts is not None or request.ends is not None:
        undated = []
    spans = []
    if dated:
        first, last = (int(row["quarter_hour"]) * QUARTER_HOUR for row in (dated[0], dated[-1]))
        spans = list(periods(first, last + QUARTER_HOUR - 1, request.by, request.setup.timezone))
    starts = [span.starts for span in spans]
    sums: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for row in (*dated, *undated):
        index = len(spans)
        if row["quarter_hour"] is not None:
            index = bisect_right(starts, int(row["quarter_hour"]) * QUARTER_HOUR) - 1
        for name in names:
            sums[index, row["currency"]][name] += int(row[name])
    for (index, currency), counted in sorted(sums.items()):
        yield (spans[index].name if index < len(spans) else None, currency), counted


def _within(row: Mapping[Any, Any], request: ReportRequest) -> bool:
    at = int(row["quarter_hour"]) * QUARTER_HOUR
    return (request.starts is None or request.starts <= at) and (
        request.ends is None or at < request.ends
    )


_PERIOD = "A day, ISO week, month or quarter of the business"
_CURRENCY = Field("currency", Kind.TEXT, "Currency of the amounts.")

REPORT = Definition(
    name="recovery",
    question="What became of the payments that failed in each period?",
    rows=by_failure,
    dated_by="period",
    periodic=True,
    sums=(
        "failed_minor",
        "recovered_minor",
        "lost_minor",
        "in_progress_minor",
        "invoices",
        "undated_minor",
    ),
    fields=(
        Field("period", Kind.TEXT, f"{_PERIOD}, of the first failed attempt."),
        _CURRENCY,
        Field(
            "failed_minor",
            Kind.MONEY,
            "What automatic invoices asked for whose first attempt failed, without the first "
            "payment after a trial; what credit notes took off before payment is not in it.",
        ),
        Field("recovered_minor", Kind.MONEY, "What of it was paid later, by whatever means."),
        Field(
            "lost_minor",
            Kind.MONEY,
            "What of it is void, uncollectible, or open without a next attempt on an ended or "
            "unpaid subscription.",
        ),
        Field(
            "in_progress_minor",
            Kind.MONEY,
            "Every other unpaid part: failed = recovered + lost + in progress.",
        ),
        Field("recovery_rate", Kind.RATE, "Recovered divided by failed; null over zero."),
        Field("invoices", Kind.NUMBER, "Invoices that failed."),
        Field(
            "undated_minor",
            Kind.MONEY,
            "What of failed stands where its invoice was finalised, because no event told when the "
            "attempt failed.",
        ),
    ),
)

CASH = Definition(
    name="recovery-cash",
    question="When was what had failed paid after all?",
    rows=by_payment,
    dated_by="period",
    periodic=True,
    sums=("recovered_minor", "invoices"),
    fields=(
        Field(
            "period",
            Kind.TEXT,
            f"{_PERIOD}, of the payment; null for parts paid of invoices that are not paid yet.",
        ),
        _CURRENCY,
        Field("recovered_minor", Kind.MONEY, "What was paid of invoices that had failed."),
        Field("invoices", Kind.NUMBER, "Invoices that were paid, or paid in part."),
    ),
)
