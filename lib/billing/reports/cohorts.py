"""What became of customers by the month of their first MRR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..retention.cohorts import cohort_months
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for month in cohort_months(
        connection,
        request.policy,
        request.judged_by,
        request.setup.timezone,
        request.now,
        currency=request.currency,
        starts=request.starts,
        ends=request.ends,
    ):
        yield {
            "cohort": month.cohort,
            "currency": month.currency,
            "month_index": month.index,
            "customers": month.customers,
            "customers_retained": month.kept,
            "mrr_minor": month.mrr_minor,
            "mrr_retained_minor": month.kept_minor,
            "customer_retention": month.customer_retention.value,
            "mrr_retention": month.mrr_retention.value,
            "complete": month.complete,
            "small_sample": month.customer_retention.small,
        }


def _totals(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Everyone who ever joined, and what they pay at the end."""
    found: dict[str, dict[str, int]] = {}
    latest = {(row["currency"], row["cohort"]): row for row in rows}
    for (currency, _), row in sorted(latest.items()):
        total = found.setdefault(currency, {"customers": 0, "mrr_retained_minor": 0})
        total["customers"] += row["customers"]
        total["mrr_retained_minor"] += row["mrr_retained_minor"]
    return found


REPORT = Definition(
    name="cohorts",
    question="How many customers, and how much MRR, of those who began in one month are left?",
    rows=rows,
    totals=_totals,
    dated_by="cohort",
    fields=(
        Field(
            "cohort",
            Kind.TEXT,
            "Month of a customer's first MRR in this currency, of the business (in UTC under "
            "Stripe's policy); who comes back stays in it.",
        ),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("month_index", Kind.NUMBER, "Months since; 0 is the cohort's own."),
        Field("customers", Kind.NUMBER, "Customers whose first MRR fell into the cohort's month."),
        Field("customers_retained", Kind.NUMBER, "Of these, who pay at the end of the month."),
        Field("mrr_minor", Kind.MONEY, "Their MRR at the end of month 0."),
        Field("mrr_retained_minor", Kind.MONEY, "Their MRR at the end of the month."),
        Field("customer_retention", Kind.RATE, "customers_retained / customers."),
        Field(
            "mrr_retention",
            Kind.RATE,
            "mrr_retained / mrr; null where nothing was left at the end of month 0.",
        ),
        Field("complete", Kind.FLAG, "Whether the month is over."),
        Field("small_sample", Kind.FLAG, "Fewer than 20 customers in the cohort."),
    ),
)
