"""The rows behind each number of a roll-forward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from ..domain.errors import WrongUsage
from ..domain.money import round_half_up
from ..domain.periods import Period
from ..domain.rates import Rates
from ..domain.roll_forward import KINDS, Converted, total
from ..domain.times import local_date
from ..settings.setup import Setup
from ..store.queries import cut_days, kept_receipts, runway
from ..store.queries import receipts as behind
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection, Reader
from ..store.queries.spans import Span
from .money_views import ReceiptBalance, ReceiptConversion, ReceiptMovement, Receipts
from .roll_forward import rates_for, rolled_of
from .rolling import Rolled

BALANCES = ("opening", "closing", "committed")
PARTS = ("opening", *KINDS, "fx", "closing", "committed")


def receipts(
    reader: Reader,
    setup: Setup,
    now: int,
    part: str,
    currency: str | None,
    span: tuple[int, int],
    page: tuple[int, int],
) -> Receipts[Any]:
    """The rows behind ``part`` in ``starts <= second < ends``; ``page`` is (limit, offset)."""
    if part not in PARTS:
        raise WrongUsage(f"{part!r} is no part of a roll-forward: {', '.join(PARTS)}.")
    rates = rates_for(setup, currency)
    with reader.open() as connection:
        rolled = rolled_of(connection, setup, now, currency, [Period("", *span)])
        if currency is None:
            return _converted(connection, setup, part, rolled, span, page, rates)
        number = _number(rolled, part, currency)
        if part in KINDS:
            count, summed = _moved(connection, setup, currency, part, span)
            found = behind.movements(connection, setup.policy, currency, part, span, page)
            rows: tuple[Any, ...] = tuple(map(_movement, found))
        elif part in BALANCES and number is not None:
            before = span[0] if part == "opening" else span[1]
            leaves = part == "committed"
            (count, summed), held = _held(connection, setup, currency, before, page, leaves)
            rows = tuple(ReceiptBalance(**row) for row in map(_whole, held))
        else:
            count, summed, rows = 0, number or 0, ()
    return Receipts(part, currency, number, summed, count, rows)


def _moved(
    connection: Connection, setup: Setup, currency: str, part: str, span: tuple[int, int]
) -> tuple[int, int]:
    policy, timezone = setup.policy, setup.timezone
    whole = cut_days.begins_days([Span(*span)], timezone)
    if whole and cut_days.ready(connection, policy, timezone):
        return kept_receipts.moved(connection, policy, timezone, currency, part, Span(*span))
    return behind.moved(connection, policy, currency, part, span)


def _held(
    connection: Connection,
    setup: Setup,
    currency: str,
    before: int,
    page: tuple[int, int],
    leaves: bool,
) -> tuple[tuple[int, int], Sequence[Any]]:
    """(customers, minor units) of all, and one page of them. ``leaves``: without what leaves."""
    policy, timezone = setup.policy, setup.timezone
    if leaves or not cut_days.ready(connection, policy, timezone):
        own = policy, currency, before
        return (
            behind.held(connection, *own, committed=leaves),
            behind.balances(connection, *own, page, committed=leaves),
        )
    return (
        kept_receipts.held(connection, policy, timezone, currency, before),
        kept_receipts.balances(connection, policy, currency, before, page),
    )


def _number(rolled: Rolled, part: str, currency: str) -> int | None:
    if part == "committed":
        return rolled.committed.get(currency)
    for line in rolled.lines:
        if line.currency == currency:
            named = {"opening": line.opening, "closing": line.closing, "fx": line.fx}
            return named[part] if part in named else line.flows[part]
    return 0


def _movement(row: Any) -> ReceiptMovement:
    names = ReceiptMovement.__slots__
    renamed = {**row, "amount_minor": row["delta_minor"]}
    return ReceiptMovement(**{name: renamed[name] for name in names})


def _whole(row: Any) -> dict[str, Any]:
    # A database may add integers up to a decimal.
    return {**row, "amount_minor": int(row["amount_minor"]), "since": row["since"] or None}


def _converted(
    connection: Connection,
    setup: Setup,
    part: str,
    rolled: Rolled,
    span: tuple[int, int],
    page: tuple[int, int],
    rates: Rates | None,
) -> Receipts[ReceiptConversion]:
    if rates is None or not rolled.converted:
        return Receipts(part, rates.to if rates else "", 0, 0, 0, ())
    [period] = rolled.converted
    timezone = setup.timezone
    if part in KINDS:
        sums: Counter[tuple[date, str]] = Counter()
        for each in rolling.by_day(connection, setup.policy, timezone, span):
            if each.kind == part:
                sums[each.day, each.currency] += each.minor
        rows = [_row(code, day, minor, rates) for (day, code), minor in sorted(sums.items())]
    elif part == "fx":
        rows = [
            ReceiptConversion(code, None, None, None, line.fx)
            for code, line in period.parts.items()
        ]
    else:
        day = local_date(span[0] if part == "opening" else span[1], timezone)
        leaving = runway.leaving_mrr(connection) if part == "committed" else {}
        rows = [
            _row(code, day, minor - leaving.get(code, 0), rates)
            for code, minor in _balances(period, part)
        ]
    rows = [row for row in rows if row.own_minor != 0 and row.amount_minor != 0]
    limit, offset = page
    return Receipts(
        part=part,
        currency=rates.to,
        number_minor=_number(rolled, part, rates.to),
        sum_minor=total(row.amount_minor for row in rows),
        total=len(rows),
        rows=tuple(rows[offset : offset + limit]),
        missing=period.whole.missing,
    )


def _balances(period: Converted, part: str) -> Iterator[tuple[str, int]]:
    for code, line in period.own.items():
        minor = line.opening if part == "opening" else line.closing
        if minor is not None:
            yield code, minor


def _row(currency: str, day: date, minor: int, rates: Rates) -> ReceiptConversion:
    exact = rates.convert(minor, currency, day)
    return ReceiptConversion(
        currency=currency,
        day=day,
        own_minor=minor,
        rate=rates.on(currency, day),
        amount_minor=None if exact is None else round_half_up(exact),
    )
