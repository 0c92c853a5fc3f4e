"""The kinds of value a report's row holds, and how each looks in JSON and in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..domain.amounts import in_units
from ..domain.times import iso


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # minor units of the row's currency
    TIME = "time"  # unix seconds inside, ISO 8601 UTC outside
    FLAG = "flag"
    RATE = "rate"  # share of 1, six decimals
    LIST = "list"  # sorted texts
    MAPPING = "mapping"  # text to number


class _Share(float):
    """A number that is written with six decimals; as a text a negative one would be escaped."""

    def __str__(self) -> str:
        return f"{self:.6f}"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: its name is the surface, its sentence the definition."""

    name: str
    kind: Kind
    definition: str


def outward(kind: Kind, value: Any) -> Any:
    """``value`` as JSON shows it."""
    if value is None:
        return None
    match kind:
        case Kind.TIME:
            return iso(value)
        case Kind.LIST:
            return sorted(value)
        case Kind.MAPPING:
            return dict(sorted(value.items()))
        case Kind.NUMBER | Kind.MONEY:
            return int(value)
        case Kind.FLAG:
            return bool(value)
    return value


def cell(kind: Kind, value: Any) -> str | int | float:
    """A value as it is in JSON, as one cell of a CSV file; unknown is empty."""
    if value is None:
        return ""
    match kind:
        case Kind.FLAG:
            return "true" if value else "false"
        case Kind.LIST:
            return ";".join(value)
        case Kind.MAPPING:
            return ";".join(f"{key}={number}" for key, number in value.items())
        case Kind.RATE:
            return _Share(value)
    return value  # type: ignore[no-any-return]  # text and whole numbers are cells already


def shown(kind: Kind, value: Any, row: Mapping[str, Any]) -> str:
    """A value as a person reads it in a terminal: money in units of its currency."""
    if value is None:
        return "–"
    if kind is Kind.MONEY and row.get("currency"):
        return in_units(value, row["currency"])
    return str(cell(kind, value))
