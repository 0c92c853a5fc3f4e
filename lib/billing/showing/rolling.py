"""A roll-forward read from the projection: what the report, the page and the self-audit show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ..domain.money import round_half_up
from ..domain.periods import Period
from ..domain.rates import Rates
from ..domain.roll_forward import (
    Converted,
    DaySum,
    Line,
    in_reporting_currency,
    roll_forward,
    total,
)
from ..domain.times import day_start, local_date
from ..store.queries import kept_sums, runway
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection


@dataclass(frozen=True, slots=True)
class Rolled:
    """Lines oldest first, of one period by currency. ``committed``: at the end of the last period,
    by currency; empty when that is over. ``converted``: beside the lines in the reporting
    currency, what each currency adds to them."""

    lines: tuple[Line, ...]
    committed: Mapping[str, int | None]
    converted: tuple[Converted, ...] = ()


def read(
    connection: Connection,
    spans: Sequence[Period],
    *,
    policy: str,
    timezone: str,
    currency: str | None,
    now: int,
    rates: Rates | None = None,
    kept: bool = False,
) -> Rolled:
    """The roll-forward of ``spans``; with ``rates`` in the reporting currency.

    ``kept``: the connection is to the projection and ``policy`` its own, so that there are sums.
    """
    if not spans:
        return Rolled((), {})
    within = spans[0].starts, spans[-1].ends
    days = kept_sums.days_of(within, timezone) if kept else None
    sums: Iterable[DaySum]
    if days is None:
        opening = rolling.balances(connection, policy, currency, spans[0].starts)
        sums = rolling.by_day(connection, policy, timezone, within, currency)
    else:
        opening = kept_sums.balances(connection, policy, currency, days[0])
        begun = day_start(days[1], timezone), within[1]
        sums = chain(
            kept_sums.by_day(connection, policy, timezone, days, currency),
            rolling.by_day(connection, policy, timezone, begun, currency),
        )
    leaving: Mapping[str, int] | None = None
    if spans[-1].ends > now:
        leaving = runway.leaving_mrr(connection)
    if rates is None:
        lines = tuple(roll_forward(spans, opening, sums, timezone))
        return Rolled(lines, _committed(lines, spans[-1], leaving))
    converted = tuple(in_reporting_currency(spans, opening, sums, timezone, rates))
    committed: dict[str, int | None] = {}
    if leaving is not None:
        own = _committed(converted[-1].own.values(), spans[-1], leaving)
        committed[rates.to] = _together(own, rates, spans[-1], timezone)
    return Rolled(tuple(each.whole for each in converted), committed, converted)


def _committed(
    lines: Iterable[Line], last: Period, leaving: Mapping[str, int] | None
) -> dict[str, int | None]:
    if leaving is None:
        return {}
    return {
        line.currency: None
        if line.closing is None
        else line.closing - leaving.get(line.currency, 0)
        for line in lines
        if line.period == last
    }


def _together(
    own: Mapping[str, int | None], rates: Rates, last: Period, timezone: str
) -> int | None:
    """Each currency's balance at the rate of the closing's day, rounded once."""
    day = local_date(last.ends, timezone)
    worth = (
        None if minor is None else rates.convert(minor, code, day) for code, minor in own.items()
    )
    return total(None if exact is None else round_half_up(exact) for exact in worth)
