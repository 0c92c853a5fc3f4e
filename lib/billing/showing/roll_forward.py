"""The roll-forward of the last periods, and the trend of MRR through them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ..domain.errors import WrongUsage
from ..domain.money import round_half_up
from ..domain.periods import Period, periods
from ..domain.rates import Rates
from ..domain.roll_forward import KINDS, Line
from ..domain.times import day_start, local_date, period_start
from ..settings.setup import Setup
from ..store.queries import kept_sums, plan_mix
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection, Reader
from .money_views import RollForward, RollForwardLine, Trend, TrendPoint
from .rolling import Rolled, read


def roll_forward(
    reader: Reader, setup: Setup, now: int, currency: str | None, by: str, back: int
) -> RollForward:
    """The last ``back`` periods; ``currency`` None is all of them in the reporting currency."""
    rates = rates_for(setup, currency)
    with reader.open() as connection:
        spans = last_periods(connection, setup, now, by, back)
        rolled = rolled_of(connection, setup, now, currency, spans)
        paying = _paying(connection, currency)
        uncounted = plan_mix.uncounted(connection)
    code = currency or (rates.to if rates else "")
    return RollForward(
        currency=code,
        reporting=rates is not None,
        lines=tuple(_lines(rolled, spans, code, now)),
        paying_customers=paying,
        uncounted=sum(n for held, n in uncounted.items() if currency in (None, held)),
        rates_until=rates.newest if rates else None,
    )


def _paying(connection: Connection, currency: str | None) -> int:
    if currency is None:  # who pays in two currencies counts once
        return rolling.paying_customers(connection, None)
    return sum(row["customers"] for row in kept_sums.currency_totals(connection, currency))


def rates_for(setup: Setup, currency: str | None) -> Rates | None:
    """The rates where all currencies are asked for. Raises WrongUsage when there are none."""
    if currency is not None:
        return None
    if setup.rates is None:
        raise WrongUsage("All currencies together need a reporting_currency in portside.toml.")
    return setup.rates


def rolled_of(
    connection: Connection, setup: Setup, now: int, currency: str | None, spans: list[Period]
) -> Rolled:
    """``spans`` as they are read from the kept projection."""
    return read(
        connection,
        spans,
        policy=setup.policy,
        timezone=setup.timezone,
        currency=currency,
        now=now,
        rates=rates_for(setup, currency),
        kept=True,
    )


def last_periods(
    connection: Connection, setup: Setup, now: int, by: str, back: int
) -> list[Period]:
    """The last ``back`` periods with the running one, none before the first movement."""
    extent = rolling.extent(connection, setup.policy)
    if extent is None:
        return []
    last = max(now, extent[1])
    day = period_start(local_date(last, setup.timezone), by)
    for _ in range(back - 1):
        day = period_start(day - timedelta(days=1), by)
    earliest = period_start(local_date(extent[0], setup.timezone), by)
    return list(periods(day_start(max(day, earliest), setup.timezone), last, by, setup.timezone))


def _lines(
    rolled: Rolled, spans: list[Period], currency: str, now: int
) -> Iterator[RollForwardLine]:
    by_span = {line.period: line for line in rolled.lines if line.currency == currency}
    for span in spans:
        line = by_span.get(span) or _nothing(span, currency)
        running = span == spans[-1] and span.ends > now
        yield RollForwardLine(
            period=span.name,
            starts=span.starts,
            ends=span.ends,
            running=running,
            currency=currency,
            opening_minor=line.opening,
            flows=line.flows,
            reconstructed=line.reconstructed,
            fx_minor=line.fx,
            closing_minor=line.closing,
            committed_minor=rolled.committed.get(currency) if running else None,
            missing=line.missing,
        )


def _nothing(span: Period, currency: str) -> Line:
    none = dict.fromkeys(KINDS, 0)
    return Line(span, currency, 0, none, none, 0, 0)


def trend(
    reader: Reader, setup: Setup, now: int, currency: str | None, by: str, back: int
) -> Trend:
    """MRR day by day through the same periods, and what is to leave from now on."""
    rates = rates_for(setup, currency)
    code = currency or (rates.to if rates else "")
    with reader.open() as connection:
        spans = last_periods(connection, setup, now, by, back)
        if not spans:
            return Trend(code, (), ())
        days = list(periods(spans[0].starts, spans[-1].ends - 1, "day", setup.timezone))
        rolled = rolled_of(connection, setup, now, currency, days)
        leaving = rolling.leaving_by_time(connection, currency)
    lines = [line for line in rolled.lines if line.currency == code]
    past = [TrendPoint(line.period.ends - 1, line.closing) for line in lines]
    committed = rolled.committed.get(code)
    closing = past[-1].amount_minor if past else None
    if closing is None or committed is None:
        return Trend(code, tuple(past), ())
    today = local_date(now, setup.timezone)
    steps = [(at, _worth(minor, held, rates, today)) for at, held, minor in leaving]
    return Trend(code, tuple(past), tuple(_ahead(steps, closing, committed, now)))


def _ahead(
    leaving: Iterable[tuple[int | None, int | None]], closing: int, committed: int, now: int
) -> Iterator[TrendPoint]:
    """Down to committed MRR, which is where the last step ends whatever was rounded between."""
    by_time: Counter[int] = Counter()
    for at, minor in leaving:
        by_time[max(at or now, now)] += minor or 0
    yield TrendPoint(now, closing)
    for at in sorted(by_time):
        closing -= by_time[at]
        yield TrendPoint(at, committed if at == max(by_time) else closing)


def _worth(minor: int, currency: str, rates: Rates | None, day: date) -> int | None:
    if rates is None:
        return minor
    exact = rates.convert(minor, currency, day)
    return None if exact is None else round_half_up(exact)
