"""The roll-forward: from opening to closing MRR, to the cent."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from ..store.queries import movements, runway
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .periods import Period, periods
from .request import ReportRequest

KINDS = ("new", "reactivation", "expansion", "contraction", "churn")


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    seen = movements.summed(connection, request.policy, request.currency, ends=request.ends)
    if not seen:
        return
    # Without an end everything stored is shown, even where Stripe's clock runs ahead of this one.
    last = max(request.now, int(seen[-1]["quarter_hour"]) * QUARTER_HOUR)
    if request.ends is not None:
        last = min(last, request.ends - 1)
    first = request.starts
    if first is None:
        first = int(seen[0]["quarter_hour"]) * QUARTER_HOUR
    spans = list(periods(first, last, request.by, request.setup.timezone))
    opening: Counter[str] = Counter()
    flows: defaultdict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    starts = [span.starts for span in spans]
    for sums in seen:
        index = bisect_right(starts, int(sums["quarter_hour"]) * QUARTER_HOUR) - 1
        if index < 0:
            opening[sums["currency"]] += int(sums["delta_minor"])
        else:
            flows[index][sums["currency"], sums["kind"]] += int(sums["delta_minor"])
    leaving = runway.leaving_mrr(connection) if last >= request.now else None
    currencies = sorted({sums["currency"] for sums in seen})
    for index, span in enumerate(spans):
        for currency in currencies:
            row = _row(span, currency, opening[currency], flows[index])
            opening[currency] = row["closing_minor"]
            if leaving is not None and index == len(spans) - 1:
                row["committed_minor"] = row["closing_minor"] - leaving.get(currency, 0)
            yield row


def _row(span: Period, currency: str, opening: int, flow: Counter[tuple[str, str]]) -> Row:
    deltas = {f"{kind}_minor": flow[currency, kind] for kind in KINDS}
    return {
        "period": span.name,
        "currency": currency,
        "opening_minor": opening,
        **deltas,
        "fx_minor": 0,  # amounts stay in their currency, so rates move nothing
        "closing_minor": opening + sum(deltas.values()),
        "committed_minor": None,
    }


def _totals(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """The whole span as if it were one period."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        total = found.setdefault(
            row["currency"],
            {"opening_minor": row["opening_minor"]}
            | {f"{kind}_minor": 0 for kind in KINDS}
            | {"fx_minor": 0},
        )
        for kind in KINDS:
            total[f"{kind}_minor"] += row[f"{kind}_minor"]
        total["closing_minor"] = row["closing_minor"]
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
    fields=(
        Field("period", Kind.TEXT, "A day, ISO week, month or quarter of the business."),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("opening_minor", Kind.MONEY, "MRR when the period began."),
        Field("new_minor", Kind.MONEY, "First positive MRR of a customer."),
        Field("reactivation_minor", Kind.MONEY, "MRR of customers who came back from zero."),
        Field("expansion_minor", Kind.MONEY, "MRR that customers added."),
        Field("contraction_minor", Kind.MONEY, "MRR that staying customers lost; never above 0."),
        Field("churn_minor", Kind.MONEY, "MRR of customers who went to zero; never above 0."),
        Field("fx_minor", Kind.MONEY, "Effect of exchange rates; 0 in a currency of its own."),
        Field("closing_minor", Kind.MONEY, "Opening plus everything between."),
        Field(
            "committed_minor",
            Kind.MONEY,
            "Closing without the runway: without what is winding down, and with scheduled "
            "downgrades at their new price; null for periods that are over.",
        ),
    ),
)
