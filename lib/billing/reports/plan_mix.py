"""What MRR is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.money import rate
from ..store.queries import plan_mix
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    whole = {row["currency"]: row for row in plan_mix.currency_totals(connection, request.currency)}
    for row in plan_mix.cells(connection, request.filters):
        total = whole[row["currency"]]
        mrr = int(row["mrr_minor"])
        yield dict(row) | {
            "mrr_minor": mrr,
            "share": rate(mrr, int(total["mrr_minor"])),
            "_customers": int(total["customers"]),
        }
    for row in plan_mix.unvalued_cells(connection, request.filters):
        yield dict(row) | {"share": None, "_customers": 0}


def _totals(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """A customer with two plans is one customer of the total, so customers are not summed.

    ``uncounted``, where it is not zero: live subscriptions whose MRR cannot be computed.
    """
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        if row["currency"] is None:
            continue
        total = found.setdefault(
            row["currency"],
            {"subscriptions": 0, "customers": row["_customers"], "mrr_minor": 0},
        )
        if row["mrr_minor"] is None:
            total["uncounted"] = total.get("uncounted", 0) + int(row["subscriptions"])
        else:
            total["subscriptions"] += int(row["subscriptions"])
            total["mrr_minor"] += row["mrr_minor"]
    return dict(sorted(found.items()))


REPORT = Definition(
    name="plan-mix",
    question="Which plans and billing intervals does MRR come from?",
    rows=rows,
    totals=_totals,
    order="By plan, interval and currency",
    fields=(
        Field("plan", Kind.TEXT, "Our plan; null where the price was never in the catalogue."),
        Field("interval", Kind.TEXT, "The billing interval: day, week, month or year."),
        Field("interval_count", Kind.NUMBER, "How many intervals one period lasts."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("subscriptions", Kind.NUMBER, "Subscriptions that count in MRR, or should."),
        Field("customers", Kind.NUMBER, "Customers who hold them."),
        Field(
            "mrr_minor",
            Kind.MONEY,
            "Their monthly recurring revenue; null where it cannot be computed.",
        ),
        Field("share", Kind.RATE, "Share of this currency's MRR."),
    ),
)
