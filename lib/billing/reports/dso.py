"""Days sales outstanding: how long an invoice waits for its money."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..domain.metrics.receivables import days_sales_outstanding
from ..domain.money import round_half_up
from ..domain.times import day_start, local_date, period_start
from ..store.queries import owed
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .periods import Period, periods
from .request import ReportRequest

METHODS = ("all", "send_invoice")
Key = tuple[str, str]
"""(currency, one of METHODS)"""


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    flows = owed.flows(connection, request.currency)
    if not flows:
        return
    # Without an end everything stored is shown, even where Stripe's clock runs ahead of this one.
    last = max(request.now, int(flows[-1]["quarter_hour"]) * QUARTER_HOUR)
    if request.ends is not None:
        last = min(last, request.ends - 1)
    zone = request.setup.timezone
    first = request.starts
    if first is None:
        day = local_date(int(flows[0]["quarter_hour"]) * QUARTER_HOUR, zone)
        first = day_start(period_start(day, request.by), zone)
    spans = list(periods(first, last, request.by, zone))
    yield from of_spans(flows, spans, zone)


def of_spans(flows: Sequence[Mapping[Any, Any]], spans: Sequence[Period], zone: str) -> list[Row]:
    """One row a span, currency and method; ``spans`` follow each other without a hole."""
    starts = [span.starts for span in spans]
    moved: defaultdict[int, Counter[Key]] = defaultdict(Counter)
    sold: defaultdict[int, Counter[Key]] = defaultdict(Counter)
    keys = set()
    for row in flows:
        at = int(row["quarter_hour"]) * QUARTER_HOUR
        if not spans or at >= spans[-1].ends:
            continue
        index = bisect_left(starts, at + 1) - 1  # -1: before the first span
        for method in METHODS if row["method"] == "send_invoice" else METHODS[:1]:
            key = row["currency"], method
            keys.add(row["currency"])
            moved[index][key] += int(row["owed_minor"])
            sold[index][key] += int(row["issued_minor"])
    opening = Counter(moved[-1])
    made = []
    for index, span in enumerate(spans):
        for currency in sorted(keys):
            for method in METHODS:
                key = currency, method
                closing = opening[key] + moved[index][key]
                made.append(_row(span, key, opening[key], closing, sold[index][key], zone))
                opening[key] = closing
    return made


def _row(span: Period, key: Key, opening: int, closing: int, sold: int, zone: str) -> Row:
    days = (local_date(span.ends - 1, zone) - local_date(span.starts, zone)).days + 1
    return {
        "period": span.name,
        "currency": key[0],
        "collection_method": key[1],
        "opening_minor": opening,
        "closing_minor": closing,
        "average_receivables_minor": round_half_up(Fraction(opening + closing, 2)),
        "credit_sales_minor": sold,
        "days": days,
        "dso": days_sales_outstanding(opening, closing, sold, days).value,
    }


REPORT = Definition(
    name="dso",
    question="How many days of sales are waiting to be paid?",
    rows=rows,
    totals=lambda rows: {},  # averages do not add up
    dated_by="period",
    periodic=True,
    fields=(
        Field("period", Kind.TEXT, "A day, ISO week, month or quarter of the business."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field(
            "collection_method",
            Kind.TEXT,
            "all: every invoice; send_invoice: those that are sent to be paid.",
        ),
        Field(
            "opening_minor",
            Kind.MONEY,
            "What was owed when the period began: invoices finalised and not yet paid, voided or "
            "written off. What was paid in part, or taken off by a credit note before payment, is "
            "left out from the day of finalisation.",
        ),
        Field("closing_minor", Kind.MONEY, "What was owed when it ended, or now."),
        Field("average_receivables_minor", Kind.MONEY, "Half of opening plus closing."),
        Field(
            "credit_sales_minor",
            Kind.MONEY,
            "What invoices finalised in the period asked for, whatever became of them.",
        ),
        Field("days", Kind.NUMBER, "Days of the period that have begun."),
        Field(
            "dso",
            Kind.RATE,
            "Average receivables divided by credit sales, times days; null where nothing was "
            "invoiced.",
        ),
    ),
)
