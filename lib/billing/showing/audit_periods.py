"""Lines of the self-audit about periods: each closes, in its currency and in the reporting one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from ..domain.money import round_half_up
from ..domain.periods import Period
from ..domain.roll_forward import Line, revalued, total
from ..domain.said import said
from ..domain.times import local_date
from ..settings.setup import Setup
from ..store.queries import roll_forward as rolling
from ..store.queries import self_audit as found
from ..store.queries.reading import Connection
from .audit_lines import AtFault, AuditLine
from .roll_forward import rolled_of


def period_lines(
    connection: Connection,
    setup: Setup,
    now: int,
    currency: str,
    spans: list[Period],
    trend: Mapping[str, int],
) -> Iterator[AuditLine]:
    """Opening and movements come to where customers' balances then stood, month by month."""
    if not spans:
        return
    rolled = rolled_of(connection, setup, now, currency, spans)
    lines = [line for line in rolled.lines if line.currency == currency]
    faults = list(_open_ends(lines, trend.get(currency, 0)))
    within = spans[0].starts, spans[-1].ends
    strays: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for number, code, moved, step in found.stray_days(
        connection, setup.policy, setup.timezone, within
    ):
        if code == currency:
            day = date.fromordinal(rolling.EPOCH + number)
            strays[_month_of(day, spans, setup.timezone)][0] += moved
            strays[_month_of(day, spans, setup.timezone)][1] += step
    faults += [
        AtFault("period", name, None, said("Balances moved by another amount."), moved, step)
        for name, (moved, step) in strays.items()
        if moved != step
    ]
    wrong = {fault.row for fault in faults}
    yield AuditLine(
        "periods",
        currency,
        said("Opening + movements + FX = closing, in every month"),
        said("Months"),
        len(spans),
        said("Close"),
        len(spans) - len(wrong),
        "count",
        ok=not wrong,
        rows=tuple(faults),
    )


def _open_ends(lines: list[Line], trend: int) -> Iterator[AtFault]:
    """Periods that do not add up, or do not open where the one before closed."""
    reached = lines[0].opening if lines else 0
    for line in lines:
        if line.closing != total((line.opening, line.moved, line.fx)):
            yield AtFault(
                "period", line.period.name, None, said("It does not add up."), line.closing
            )
        elif line.opening != reached:
            yield AtFault(
                "period",
                line.period.name,
                None,
                said("It opens elsewhere than the one before it closed."),
                line.opening,
                reached,
            )
        reached = line.closing
    if lines and reached != trend:
        yield AtFault(
            "period",
            lines[-1].period.name,
            None,
            said("It closes beside the trend."),
            reached,
            trend,
        )


def _month_of(day: date, spans: list[Period], timezone: str) -> str:
    return next(span.name for span in reversed(spans) if local_date(span.starts, timezone) <= day)


def reporting_lines(
    connection: Connection, setup: Setup, now: int, spans: list[Period]
) -> Iterator[AuditLine]:
    """The same in the reporting currency, and what rates did, reckoned two ways."""
    if setup.rates is None or not spans:
        return
    code = setup.rates.to
    rolled = rolled_of(connection, setup, now, None, spans)
    missing = sorted({name for line in rolled.lines for name in line.missing})
    known = [line for line in rolled.lines if not line.missing]
    wrong = () if missing else tuple(_open_ends(list(rolled.lines), rolled.lines[-1].closing or 0))
    without = said("No rate for {rates}.", rates=", ".join(missing[:3])) if missing else ""
    yield AuditLine(
        "reporting_periods",
        code,
        said(
            "All in {currency}: opening + movements + FX = closing, in every month",
            currency=code.upper(),
        ),
        said("Months"),
        len(rolled.lines),
        said("Close"),
        len(known) - len(wrong),
        "count",
        ok=None if missing else not wrong,
        rows=wrong,
        note=without,
    )
    told: dict[tuple[str, str], int | None] = {
        (each.whole.period.name, held): part.fx
        for each in rolled.converted
        for held, part in each.parts.items()
    }
    opening = rolling.balances(connection, setup.policy, None, spans[0].starts)
    within = spans[0].starts, spans[-1].ends
    sums = rolling.by_day(connection, setup.policy, setup.timezone, within)
    exact, faults = Fraction(0), []
    for span, held, effect, rounded in revalued(spans, opening, sums, setup.timezone, setup.rates):
        exact += effect
        fx = told[span.name, held] or 0
        if abs(fx - effect) > Fraction(rounded, 2):
            faults.append(
                AtFault(
                    "period", f"{span.name} {held}", None, said("Rates did another amount."), fx
                )
            )
    yield AuditLine(
        "reporting_fx",
        code,
        said(
            "All in {currency}: FX is what rates did to balances and movements",
            currency=code.upper(),
        ),
        said("Sum of FX"),
        total(told.values()),
        said("Revalued directly"),
        None if missing else round_half_up(exact),
        "money",
        ok=None if missing else not faults,
        rows=tuple(faults),
        note=without or said("Equal but for rounding: at most half a unit for each amount."),
    )
