"""The plan mix month by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.money import rate
from ..domain.periods import Period, periods
from ..domain.times import day_start, local_date, next_period, period_start
from ..store.queries import kept_standing, plan_standing
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    months = _months(connection, request)
    if not months:
        return
    codes = [request.currency] if request.currency else None
    found: dict[str, list[plan_standing.Standing]] = {
        code: kept_standing.at_seconds(
            connection,
            request.policy,
            request.setup.timezone,
            code,
            [_end(month, request) for month in months],
        )
        for code in codes or sorted(rolling.currencies(connection, request.policy))
    }
    for n, month in enumerate(months):
        for code, stood in found.items():
            whole = sum(held.minor for held in stood[n].values())
            for plan, held in stood[n].items():
                yield {
                    "month": month.name,
                    "currency": code,
                    "plan": plan or None,
                    "customers": held.customers,
                    "mrr_minor": held.minor,
                    "share": rate(held.minor, whole),
                    "arpa_minor": held.arpa,
                }


def _end(month: Period, request: ReportRequest) -> int:
    """Of the running month it is now, and what is stored ahead of it."""
    zone = request.setup.timezone
    after = next_period(period_start(local_date(month.starts, zone), "month"), "month")
    ends = day_start(after, zone)
    return plan_standing.EVER if ends > request.now else ends


def _months(connection: Connection, request: ReportRequest) -> list[Period]:
    extent = rolling.extent(connection, request.policy, request.currency)
    if extent is None:
        return []
    zone = request.setup.timezone
    first = request.starts if request.starts is not None else extent[0]
    last = request.now if request.ends is None else min(request.now, request.ends - 1)
    begins = day_start(period_start(local_date(first, zone), "month"), zone)
    return list(periods(begins, last, "month", zone))


def _totals(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """What the last month ends with: months are not added up."""
    last = {row["currency"]: row["month"] for row in rows}
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["month"] == last[row["currency"]]:
            total = found.setdefault(row["currency"], {"mrr_minor": 0})
            total["mrr_minor"] += row["mrr_minor"]
    return dict(sorted(found.items()))


REPORT = Definition(
    name="plan-trend",
    question="Which plans did MRR stand on at the end of each month?",
    rows=rows,
    totals=_totals,
    dated_by="month",
    order="By month, currency and plan",
    fields=(
        Field("month", Kind.TEXT, "A month of the business; the running one stands as it is now."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("plan", Kind.TEXT, "Our plan; null where the price was never in the catalogue."),
        Field("customers", Kind.NUMBER, "Customers who held it when the month ended."),
        Field(
            "mrr_minor",
            Kind.MONEY,
            "Their MRR on it; before a customer's latest movement all of its MRR stands on the "
            "plan of its largest subscription.",
        ),
        Field("share", Kind.RATE, "Share of the month's MRR in this currency."),
        Field("arpa_minor", Kind.MONEY, "mrr / customers, rounded once."),
    ),
)
