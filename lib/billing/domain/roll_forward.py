"""From opening to closing MRR: in each currency, and in the reporting currency with FX apart.

In the reporting currency a balance is converted at the rate of the day on which its boundary falls,
and the movements of one day and kind, of one currency, together at that day's rate; each is rounded
once, half up. What rates did is what is left: closing − opening − movements. So every row adds up
to the cent, a period closes where the next one opens, and days add up to their month.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from .money import round_half_up
from .periods import Period
from .rates import Rates
from .times import local_date

KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
"""The kinds of movement, in the order of a roll-forward."""


class DaySum(NamedTuple):
    """The movements of one business day, currency and kind, together."""

    day: date
    currency: str
    kind: str
    reconstructed: bool  # inferred from objects first seen in mid-life
    minor: int


@dataclass(frozen=True, slots=True)
class Line:
    """One period of a roll-forward. An amount is None where a rate for it is missing.

    ``reconstructed``: how much of each flow was inferred from objects first seen in mid-life.
    ``missing``: the rates that are not there, as "eur on 2026-01-03".
    """

    period: Period
    currency: str
    opening: int | None
    flows: Mapping[str, int | None]  # by kind
    reconstructed: Mapping[str, int | None]
    fx: int | None
    closing: int | None
    missing: tuple[str, ...] = ()

    @property
    def moved(self) -> int | None:
        """All movements of the period together."""
        return total(self.flows.values())


@dataclass(frozen=True, slots=True)
class Converted:
    """One period in the reporting currency. By currency: ``own``, in it; ``parts``, converted."""

    whole: Line
    own: Mapping[str, Line]
    parts: Mapping[str, Line]


Flows = Counter[tuple[date, str, bool]]
"""Minor units by (business day, kind, whether reconstructed)."""


def roll_forward(
    spans: Sequence[Period], opening: Mapping[str, int], sums: Iterable[DaySum], timezone: str
) -> Iterator[Line]:
    """Each period and currency, currencies sorted. ``opening``: balances when the first begins."""
    for span, currency, starts, flows in _booked(spans, opening, sums, timezone):
        yield _own(span, currency, starts, flows)


def in_reporting_currency(
    spans: Sequence[Period],
    opening: Mapping[str, int],
    sums: Iterable[DaySum],
    timezone: str,
    rates: Rates,
) -> Iterator[Converted]:
    """Each period, all currencies together in the reporting one."""
    own: defaultdict[int, dict[str, Line]] = defaultdict(dict)
    parts: defaultdict[int, dict[str, Line]] = defaultdict(dict)
    for span, currency, starts, flows in _booked(spans, opening, sums, timezone):
        own[span.starts][currency] = _own(span, currency, starts, flows)
        line = _converted(span, currency, starts, flows, timezone, rates)
        parts[span.starts][currency] = line
    for span in spans:
        held = parts[span.starts]
        yield Converted(_added(span, rates.to, held.values()), own[span.starts], held)


def revalued(
    spans: Sequence[Period],
    opening: Mapping[str, int],
    sums: Iterable[DaySum],
    timezone: str,
    rates: Rates,
) -> Iterator[tuple[Period, str, Fraction, int]]:
    """What rates did to each balance and movement until the period's end, reckoned directly.

    (period, currency, exact minor units, how many amounts a roll-forward rounds for it): the FX of
    the roll-forward is this within half a unit for each of them. Without what lacks a rate.
    """
    for span, currency, starts, flows in _booked(spans, opening, sums, timezone):
        held: Counter[date] = Counter({local_date(span.starts, timezone): starts})
        for (day, _, _), minor in flows.items():
            held[day] += minor
        close = local_date(span.ends, timezone)
        effects = [_effect(rates, currency, minor, day, close) for day, minor in held.items()]
        if None not in effects:
            rounded = 2 + len({(day, kind) for day, kind, _ in flows})
            yield span, currency, sum((e for e in effects if e), Fraction(0)), rounded


def _effect(rates: Rates, currency: str, minor: int, day: date, close: date) -> Fraction | None:
    then, at_close = rates.convert(minor, currency, day), rates.convert(minor, currency, close)
    return None if then is None or at_close is None else at_close - then


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum; None when a part of it is unknown: a partial sum would be a smaller number."""
    added = 0
    for amount in amounts:
        if amount is None:
            return None
        added += amount
    return added


def _booked(
    spans: Sequence[Period], opening: Mapping[str, int], sums: Iterable[DaySum], timezone: str
) -> Iterator[tuple[Period, str, int, Flows]]:
    begin = [local_date(span.starts, timezone) for span in spans]
    booked: defaultdict[tuple[int, str], Flows] = defaultdict(Counter)
    currencies = set(opening)
    for each in sums:
        index = bisect_right(begin, each.day) - 1
        booked[index, each.currency][each.day, each.kind, each.reconstructed] += each.minor
        currencies.add(each.currency)
    balance = {currency: opening.get(currency, 0) for currency in sorted(currencies)}
    for index, span in enumerate(spans):
        for currency, starts in balance.items():
            flows = booked[index, currency]
            yield span, currency, starts, flows
            balance[currency] = starts + flows.total()


def _own(span: Period, currency: str, starts: int, flows: Flows) -> Line:
    by_kind, inferred = _by_kind(flows)
    return Line(
        period=span,
        currency=currency,
        opening=starts,
        flows=by_kind,
        reconstructed=inferred,
        fx=0,  # amounts stay in their currency, so rates move nothing
        closing=starts + flows.total(),
    )


def _by_kind(flows: Flows) -> tuple[dict[str, int], dict[str, int]]:
    by_kind, inferred = dict.fromkeys(KINDS, 0), dict.fromkeys(KINDS, 0)
    for (_, kind, reconstructed), minor in flows.items():
        by_kind[kind] += minor
        if reconstructed:
            inferred[kind] += minor
    return by_kind, inferred


def _converted(
    span: Period, currency: str, starts: int, flows: Flows, timezone: str, rates: Rates
) -> Line:
    missing: set[str] = set()

    def worth(minor: int, day: date) -> int | None:
        exact = rates.convert(minor, currency, day)
        if exact is None:
            missing.add(f"{currency} on {day.isoformat()}")
            return None
        return round_half_up(exact)

    opening = worth(starts, local_date(span.starts, timezone))
    closing = worth(starts + flows.total(), local_date(span.ends, timezone))
    by_day: Counter[tuple[date, str]] = Counter()
    inferred: Counter[tuple[date, str]] = Counter()
    for (day, kind, reconstructed), minor in flows.items():
        by_day[day, kind] += minor
        inferred[day, kind] += minor if reconstructed else 0
    by_kind, of_it = _kinds(by_day, worth), _kinds(inferred, worth)
    moved = total(by_kind.values())
    fx = None
    if opening is not None and closing is not None and moved is not None:
        fx = closing - opening - moved
    return Line(
        span, rates.to, opening, by_kind, of_it, fx, closing, missing=tuple(sorted(missing))
    )


def _kinds(
    by_day: Mapping[tuple[date, str], int], worth: Callable[[int, date], int | None]
) -> dict[str, int | None]:
    found: dict[str, list[int | None]] = {kind: [] for kind in KINDS}
    for (day, kind), minor in by_day.items():
        found[kind].append(worth(minor, day))
    return {kind: total(amounts) for kind, amounts in found.items()}


def _added(span: Period, currency: str, parts: Iterable[Line]) -> Line:
    lines = list(parts)
    return Line(
        period=span,
        currency=currency,
        opening=total(line.opening for line in lines),
        flows={kind: total(line.flows[kind] for line in lines) for kind in KINDS},
        reconstructed={kind: total(line.reconstructed[kind] for line in lines) for kind in KINDS},
        fx=total(line.fx for line in lines),
        closing=total(line.closing for line in lines),
        missing=tuple(sorted({name for line in lines for name in line.missing})),
    )
