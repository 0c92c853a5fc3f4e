"""Churn and rates of every period and currency, from sums that the database made."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..domain import churn_rates as rates
from ..domain.churn_rates import Moved, churn_cause
from ..domain.policy import Policy
from ..domain.ratio import Ratio
from ..store.queries import turning
from ..store.queries.reading import Connection
from ..store.queries.spans import Span
from .calendar import STRIPE_WINDOW, months_before, months_between, pieces, whole
from .values import ChurnPeriod

if TYPE_CHECKING:  # reports import this
    from ..reports.periods import Period

_KINDS = ("new", "reactivation", "expansion", "contraction", "churn")
_PRESENCE = {"new": 1, "reactivation": 1, "churn": -1}
_NOBODY: Mapping[Any, int] = {"joined": 0, "returned": 0, "churned": 0, "lost": 0}


@dataclass(frozen=True, slots=True)
class Asked:
    """What periods are reckoned under. ``by`` is day, week, month or quarter. ``kept``: of the
    projection itself, under its own policy, so that there may be sums."""

    policy: str
    flags: Policy
    timezone: str
    by: str
    currency: str | None = None
    kept: bool = False


def churn_periods(
    connection: Connection, asked: Asked, periods: Sequence[Period]
) -> list[ChurnPeriod]:
    """Every period in every currency, in the order of ``periods``, currencies sorted."""
    if not periods:
        return []
    return list(_Reckoning(connection, asked, periods).rows())


class _Reckoning:
    """The sums of one request, and what follows from them."""

    def __init__(self, connection: Connection, asked: Asked, periods: Sequence[Period]) -> None:
        self._asked = asked
        self._periods = periods
        spans = [Span(period.starts, period.ends) for period in periods]
        trailing = asked.flags.ltv_trailing_months or 0
        self._windows = spans
        if asked.flags.customer_churn == "stripe" and asked.by == "month":
            self._windows = [Span(span.ends - STRIPE_WINDOW, span.ends) for span in spans]
        self._months = [months_before(s.ends, trailing, asked.timezone) for s in spans]
        of_months = sorted({month for months in self._months for month in months})
        brief = self._brief_months([*spans, *of_months])
        told = turning.of(connection, asked.policy, asked.timezone, asked.currency, asked.kept)
        self._ledger = _Ledger(told, [*spans, *self._windows, *of_months])
        self._people = _by_place(told.people(spans, asked.by, brief))
        self._window_people = self._people
        if self._windows is not spans:
            self._window_people = _by_place(told.people(self._windows, "", ()))
        self._month_people = _by_span(
            of_months, told.people(of_months, "month", brief) if of_months else []
        )
        self._causes = defaultdict(list)
        for row in told.causes(spans, asked.by, brief):
            self._causes[row["n"], row["currency"]].append(row)
        self._trials = _by_place(told.trials(spans))
        self._first_seen = told.first_told()

    def _brief_months(self, spans: Sequence[Span]) -> list[Span]:
        if not self._asked.flags.churn_skips_same_month:
            return []
        first, last = min(s.starts for s in spans), max(s.ends for s in spans) - 1
        return months_between(first, last, self._asked.timezone)

    def rows(self) -> Iterator[ChurnPeriod]:
        for n, period in enumerate(self._periods):
            for currency in self._ledger.currencies:
                yield self._row(n, period, currency)

    def _row(self, n: int, period: Period, currency: str) -> ChurnPeriod:
        span = Span(period.starts, period.ends)
        moved, reconstructed = self._ledger.moved(span, currency)
        people = self._people.get((n, currency), _NOBODY)
        churn = self._churn(n, currency)
        customers_end = self._ledger.customers(span.ends, currency)
        arpa = rates.arpa(moved.closing_minor, customers_end)
        causes, reasons = _causes(self._causes[n, currency])
        trials = self._trials.get((n, currency), {"ended": 0, "active": 0})
        seen = self._first_seen
        return ChurnPeriod(
            name=period.name,
            starts=period.starts,
            ends=period.ends,
            complete=whole(period, self._asked.by, self._asked.timezone),
            reconstructed=reconstructed > 0 or seen is None or period.ends <= seen,
            currency=currency,
            moved=moved,
            customers_start=self._ledger.customers(span.starts, currency),
            customers_end=customers_end,
            new=int(people["joined"]),
            returned=int(people["returned"]),
            churned=int(people["churned"]),
            switched=sum(int(row["switched"]) for row in self._causes[n, currency]),
            churn=churn,
            arpa=arpa,
            ltv=rates.ltv(arpa, self._lifetime_churn(n, currency, churn)),
            quick_ratio=rates.quick_ratio(
                moved, reactivation=self._asked.flags.quick_ratio_reactivation
            ),
            trials=rates.trial_conversion(int(trials["active"]), int(trials["ended"])),
            voluntary=causes["voluntary"],
            involuntary=causes["involuntary"],
            unknown=causes["unknown"],
            reasons=reasons,
        )

    def _churn(self, n: int, currency: str) -> Ratio:
        window = self._windows[n]
        people = self._window_people.get((n, currency), _NOBODY)
        start = self._ledger.customers(window.starts, currency)
        if self._asked.flags.customer_churn == "stripe":
            return rates.customer_churn_stripe(int(people["churned"]), start, int(people["joined"]))
        return rates.customer_churn(int(people["lost"]), start)

    def _lifetime_churn(self, n: int, currency: str, own: Ratio) -> Ratio:
        if not self._asked.flags.ltv_trailing_months:
            return own
        return rates.pooled(
            [
                rates.customer_churn(
                    int(self._month_people.get((month, currency), _NOBODY)["lost"]),
                    self._ledger.customers(month.starts, currency),
                )
                for month in self._months[n]
            ]
        )


class _Ledger:
    """MRR and customers at every border of the given spans."""

    def __init__(self, source: turning.Told, spans: Sequence[Span]) -> None:
        parts = pieces(spans)
        flows, opening = source.flows(parts), source.before(parts[0].starts)
        self.currencies = sorted({row["currency"] for row in (*flows, *opening)})
        self._borders = [part.starts for part in parts] + [parts[-1].ends]
        by_part: defaultdict[int, list[Mapping[Any, Any]]] = defaultdict(list)
        for row in flows:
            by_part[int(row["n"])].append(row)
        # At each border: everything that moved before it.
        told: Counter[tuple[str, str, str]] = Counter()
        _add(told, opening)
        self._told = [Counter(told)]
        for n in range(len(parts)):
            _add(told, by_part[n])
            self._told.append(Counter(told))

    def _at(self, second: int) -> Counter[tuple[str, str, str]]:
        return self._told[bisect_left(self._borders, second)]

    def customers(self, second: int, currency: str) -> int:
        """How many there were when ``second`` began."""
        told = self._at(second)
        return sum(sign * told[currency, kind, "count"] for kind, sign in _PRESENCE.items())

    def moved(self, span: Span, currency: str) -> tuple[Moved, int]:
        """What moved in a span, and how many of its movements are reconstructed."""
        first, last = self._at(span.starts), self._at(span.ends)
        delta = {
            f"{kind}_minor": last[currency, kind, "delta"] - first[currency, kind, "delta"]
            for kind in _KINDS
        }
        moved = Moved(
            opening_minor=sum(first[currency, kind, "delta"] for kind in _KINDS),
            customers=self.customers(span.starts, currency),
            **delta,
        )
        rebuilt = sum(
            last[currency, kind, "rebuilt"] - first[currency, kind, "rebuilt"] for kind in _KINDS
        )
        return moved, rebuilt


def _add(told: Counter[tuple[str, str, str]], rows: Iterable[Mapping[Any, Any]]) -> None:
    for row in rows:
        told[row["currency"], row["kind"], "count"] += int(row["count"])
        told[row["currency"], row["kind"], "delta"] += int(row["delta_minor"])
        told[row["currency"], row["kind"], "rebuilt"] += int(row.get("reconstructed") or 0)


def _by_place(rows: Iterable[Mapping[Any, Any]]) -> dict[tuple[int, str], Mapping[Any, Any]]:
    return {(int(row["n"]), row["currency"]): row for row in rows}


def _by_span(
    spans: Sequence[Span], rows: Iterable[Mapping[Any, Any]]
) -> dict[tuple[Span, str], Mapping[Any, Any]]:
    return {(spans[int(row["n"])], row["currency"]): row for row in rows}


def _causes(rows: Iterable[Mapping[Any, Any]]) -> tuple[Counter[str], dict[str, int]]:
    causes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for row in rows:
        count = int(row["customers"])
        causes[churn_cause(row["reason"])] += count
        reasons[row["feedback"] or row["reason"] or "unknown"] += count
    return causes, dict(sorted(reasons.items()))
