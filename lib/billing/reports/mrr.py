"""The roll-forward: from opening to closing MRR, to the cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..domain.periods import Period, periods
from ..domain.roll_forward import KINDS, Line, total
from ..domain.times import day_start, local_date
from ..showing.rolling import read
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest

_FLOWS = (*(f"{kind}_minor" for kind in KINDS), "fx_minor")


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    rolled = read(
        connection,
        _spans(connection, request),
        policy=request.policy,
        timezone=request.setup.timezone,
        currency=request.currency,
        now=request.now,
        rates=request.rates,
    )
    for line in rolled.lines:
        last = line.period == rolled.lines[-1].period
        yield _row(line, rolled.committed.get(line.currency) if last else None)


def _spans(connection: Connection, request: ReportRequest) -> list[Period]:
    extent = rolling.extent(connection, request.policy, request.currency)
    if extent is None:
        return []
    timezone = request.setup.timezone
    first = request.starts
    if first is None:
        first = day_start(local_date(extent[0], timezone), timezone)
    # Without an end everything stored is shown, even where Stripe's clock runs ahead of this one.
    last = max(request.now, extent[1])
    if request.ends is not None:
        last = min(last, request.ends - 1)
    return list(periods(first, last, request.by, timezone))


def _row(line: Line, committed: int | None) -> Row:
    return {
        "period": line.period.name,
        "currency": line.currency,
        "opening_minor": line.opening,
        **{f"{kind}_minor": line.flows[kind] for kind in KINDS},
        "fx_minor": line.fx,
        "closing_minor": line.closing,
        "committed_minor": committed,
        "reconstructed_minor": total(line.reconstructed.values()),
        "missing_rates": list(line.missing),
    }


def _totals(rows: Sequence[Row]) -> Mapping[str, Mapping[str, int | None]]:
    """The whole span as if it were one period; what lacks a part of itself is null."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        whole = found.setdefault(
            row["currency"],
            {"opening_minor": row["opening_minor"]} | dict.fromkeys(_FLOWS, 0),
        )
        for name in _FLOWS:
            whole[name] = total((whole[name], row[name]))
        whole["closing_minor"] = row["closing_minor"]
    return dict(sorted(found.items()))


REPORT = Definition(
    name="mrr",
    question="How did MRR get from the opening to the closing of each period?",
    rows=rows,
    # Committed MRR is of subscriptions: no movement tells it.
    by_movements=lambda request: request.ends is not None and request.ends <= request.now,
    totals=_totals,
    dated_by="period",
    periodic=True,
    order="By period, then currency",
    converts=True,
    fields=(
        Field("period", Kind.TEXT, "A day, ISO week, month or quarter of the business."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("opening_minor", Kind.MONEY, "MRR when the period began."),
        Field("new_minor", Kind.MONEY, "First positive MRR of a customer."),
        Field("reactivation_minor", Kind.MONEY, "MRR of customers who came back from zero."),
        Field("expansion_minor", Kind.MONEY, "MRR that customers added."),
        Field("contraction_minor", Kind.MONEY, "MRR that staying customers lost; never above 0."),
        Field("churn_minor", Kind.MONEY, "MRR of customers who went to zero; never above 0."),
        Field(
            "fx_minor",
            Kind.MONEY,
            "What exchange rates did: closing − opening − movements; 0 in a currency of its own.",
        ),
        Field("closing_minor", Kind.MONEY, "Opening plus everything between."),
        Field(
            "committed_minor",
            Kind.MONEY,
            "Closing without the runway: without what is winding down, and with scheduled "
            "downgrades at their new price; null for periods that are over.",
        ),
        Field(
            "reconstructed_minor",
            Kind.MONEY,
            "How much of the movements was inferred from objects first seen in mid-life.",
        ),
        Field(
            "missing_rates",
            Kind.LIST,
            "Rates into the reporting currency that are not there; what needs them is null.",
        ),
    ),
)
