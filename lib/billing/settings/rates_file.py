"""The file of dated rates: our own form, or as the ECB publishes it. See docs/currencies.md."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..domain.errors import ConfigurationError
from ..domain.times import MONTHS

OWN: Final = ["date", "currency", "rate"]
_ONE: Final = Decimal(1)

Quotes = dict[str, dict[date, tuple[Decimal, Decimal]]]
"""Currency → day → so many units of the reporting currency are so many of it."""


class _Refused(Exception):
    """What is wrong with a line."""


def read_rates(path: Path, reporting: str) -> Quotes:
    """Every quote of the file against ``reporting``.

    Raises ConfigurationError with the file, the line and what it should be.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(
            f"rates_file names {path}, which does not exist. A relative path begins at "
            "portside.toml's folder."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The rates file {path} cannot be read as UTF-8 text.") from None
    return parse_rates(text, reporting, source=str(path))


def parse_rates(text: str, reporting: str, *, source: str) -> Quotes:
    """The same of what is in the file."""
    rows = csv.reader(text.splitlines(), skipinitialspace=True)
    try:
        return _quotes(rows, reporting)
    except (_Refused, csv.Error) as problem:
        line = max(rows.line_num, 1)
        raise ConfigurationError(f"{source}, line {line}: {problem}.") from None


def _quotes(rows: Iterator[list[str]], reporting: str) -> Quotes:
    head = _cells(next(rows, []))
    if [name.lower() for name in head] == OWN:
        return _own(rows, reporting)
    if len(head) > 1 and head[0].lower() == "date" and all(map(_is_code, head[1:])):
        return _of_the_ecb(head, rows, reporting)
    raise _Refused(f"the first line should be {','.join(OWN)}, or the ECB's (Date, USD, JPY, …)")


def _own(rows: Iterator[list[str]], reporting: str) -> Quotes:
    found: Quotes = defaultdict(dict)
    for row in rows:
        cells = _cells(row)
        if not cells:
            continue
        if len(cells) != len(OWN):
            raise _Refused("it should be like 2026-01-31,usd,1.08")
        day, currency, rate = _day(cells[0]), cells[1].lower(), _rate(cells[2])
        if not _is_code(currency):
            raise _Refused(f"{cells[1]!r} is not a three-letter currency such as usd")
        if currency == reporting and rate != 1:
            raise _Refused(f"{reporting} is the reporting currency, so its rate is 1")
        if found[currency].setdefault(day, (rate, _ONE)) != (rate, _ONE):
            raise _Refused(f"there is another rate of {currency} for {day} above")
    found.pop(reporting, None)
    return found


def _of_the_ecb(head: Sequence[str], rows: Iterator[list[str]], reporting: str) -> Quotes:
    """Each cell is how many units one euro buys; a rate between two others goes by the euro."""
    codes = [name.lower() for name in head[1:]]
    if reporting != "eur" and reporting not in codes:
        raise _Refused(f"the ECB's file does not list {reporting.upper()}, the reporting currency")
    found: Quotes = defaultdict(dict)
    known: set[date] = set()
    for row in rows:
        cells = _cells(row)
        if not cells:
            continue
        if len(cells) > len(head):
            raise _Refused(f"it has {len(cells)} cells where the first line has {len(head)}")
        day = _day(cells[0])
        if day in known:
            raise _Refused(f"there is another line for {day} above")
        known.add(day)
        told = {"eur": _ONE} | {
            code: _rate(cell)
            for code, cell in zip(codes, cells[1:], strict=False)
            if cell and cell != "N/A"
        }
        base = told.pop(reporting, None)
        if base is None:
            continue  # nothing can be crossed on that day: the last rate before it holds
        for code, per_euro in told.items():
            found[code][day] = base, per_euro
    return found


def _cells(row: Sequence[str]) -> list[str]:
    """Without the empty ones that a comma at the end of a line makes."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _day(text: str) -> date:
    """``2026-11-26``, or as the ECB writes it in its file of one day: ``26 November 2026``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        day, month, year = text.split()
        return date(int(year), MONTHS.index(month) + 1, int(day))
    except ValueError:
        raise _Refused(f"{text!r} is not a day such as 2026-01-31") from None


@lru_cache(maxsize=65_536)  # a currency often stands still
def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise _Refused(f"{text!r} is not a rate such as 1.08") from None
    if not rate.is_finite() or rate <= 0:
        raise _Refused(f"{text!r} is not a rate above zero")
    return rate


def _is_code(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha()
