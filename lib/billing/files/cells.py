"""Values as the cells of a worksheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ..domain.amounts import in_units
from ..domain.money import minor_digits
from ..domain.times import zone
from ..export import readable
from ..reports.fields import Field, Kind, cell, outward
from .styles import AMOUNTS, DAY_AND_TIME, PLAIN, SHARE, WHOLE

MOST_CHARACTERS: Final = 32_767
"""Of one cell, counted as spreadsheets do: a character beyond the first 65,536 is two."""

EXACT_UP_TO: Final = 999_999_999_999_999
"""Spreadsheets keep fifteen digits of a number."""

_FIRST_DAY: Final = 61  # 1 March 1900, before which their calendar is wrong
_DAYS: Final = 2_958_466  # the end of the year 9999
_EPOCH: Final = 25_569  # 1 January 1970 in days of their calendar
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Spelt = Callable[[dict[str, Any]], str]
"""A row → the cell's XML from behind its address, or "" for an empty one."""


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    spelt: Spelt


def columns(fields: Sequence[Field], timezone: str) -> list[Column]:
    """Where a report has a currency, amounts are in its own unit, to count and chart with; the
    exact minor units are further columns at the right, under the fields' own names."""
    priced = any(field.name == "currency" for field in fields)
    shown = [_column(field, timezone, priced) for field in fields]
    exact = [
        Column(field.name, _number(field.name, Kind.MONEY))
        for field in fields
        if priced and field.kind is Kind.MONEY
    ]
    return [*shown, *exact]


def _column(field: Field, timezone: str, priced: bool) -> Column:
    name, kind = field.name, field.kind
    match kind:
        case Kind.MONEY if priced:
            return Column(name.removesuffix("_minor"), _money(name))
        case Kind.MONEY | Kind.NUMBER:
            return Column(name, _number(name, kind))
        case Kind.TIME:
            return Column(f"{name} ({timezone})", _time(name, timezone))
        case Kind.FLAG:
            return Column(name, _flag(name))
        case Kind.RATE:
            return Column(name, _rate(name))
    return Column(name, lambda row: text(cell(kind, outward(kind, row[name]))))


def _money(name: str) -> Spelt:
    def spelt(row: dict[str, Any]) -> str:
        minor, currency = row[name], row["currency"]
        if minor is None or currency is None:
            return ""
        minor = int(minor)
        if abs(minor) > EXACT_UP_TO:
            return text(in_units(minor, currency))
        style = AMOUNTS[minor_digits(currency)]
        return f' s="{style}"><v>{in_units(minor, currency)}</v></c>'

    return spelt


def _number(name: str, kind: Kind) -> Spelt:
    def spelt(row: dict[str, Any]) -> str:
        value = outward(kind, row[name])
        if value is None:
            return ""
        return text(str(value)) if abs(value) > EXACT_UP_TO else number(value, WHOLE)

    return spelt


def _time(name: str, timezone: str) -> Spelt:
    there = zone(timezone)

    def spelt(row: dict[str, Any]) -> str:
        second = row[name]
        if second is None:
            return ""
        try:
            offset = datetime.fromtimestamp(second, there).utcoffset()
        except (OverflowError, ValueError, OSError):
            return text(str(second))
        seconds = second + (int(offset.total_seconds()) if offset else 0)
        days = seconds / 86_400 + _EPOCH
        if not _FIRST_DAY <= days < _DAYS:
            return text(datetime.fromtimestamp(second, UTC).isoformat())
        return number(days, DAY_AND_TIME)

    return spelt


def _flag(name: str) -> Spelt:
    def spelt(row: dict[str, Any]) -> str:
        value = row[name]
        return "" if value is None else f' t="b"><v>{1 if value else 0}</v></c>'

    return spelt


def _rate(name: str) -> Spelt:
    def spelt(row: dict[str, Any]) -> str:
        value = row[name]
        return "" if value is None else number(value, SHARE)

    return spelt


def number(value: float, style: int = PLAIN) -> str:
    return f' s="{style}"><v>{value!r}</v></c>'


def text(value: str | float, style: int = PLAIN) -> str:
    """A cell that is text whatever it says: nothing in it is ever taken for a formula."""
    said = readable(str(value))
    if not said:
        return ""
    if len(said) * 2 > MOST_CHARACTERS:
        said = _cut(said)
    if not said.isalnum():  # most cells are
        said = _ESCAPE.sub("_x005F_", said)
        said = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        said = said.replace("\r\n", "\n").replace("\r", "\n")
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _cut(said: str) -> str:
    units = said.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return said
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"
