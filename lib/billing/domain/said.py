"""Sentences that remember what they were made of, so that a reader may have them in their language.

A `Said` is the English sentence: a `str` like any other to whoever compares, prints or sends it.
The dashboard says it again from its template and values. What is done to it as text (a part cut
off, another put behind) gives a plain `str`, which stays English.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .amounts import spoken_amount
from .times import spoken_day


@dataclass(frozen=True, slots=True)
class Day:
    """``second`` as a business day."""

    second: int
    timezone: str

    def __str__(self) -> str:
        return spoken_day(self.second, self.timezone)


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units of a lower-case currency."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return spoken_amount(self.minor, self.currency)


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number, with the reader's separators."""

    number: int

    def __str__(self) -> str:
        return f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class Share:
    """0.123 is 12.3 %."""

    part: float

    def __str__(self) -> str:
        return f"{self.part * 100:z.1f}%"


class Said(str):
    """``template`` with ``values`` by name; or several sentences in a row, with no template.

    Values are `str`, inserted as they are, other `Said`, or one of `Day`, `Money`, `Count`,
    `Share`, which every language spells its own way.
    """

    template: str
    values: dict[str, Any]
    parts: tuple[str, ...]
    between: str
    end: str

    def __new__(
        cls,
        template: str,
        values: dict[str, Any],
        parts: tuple[str, ...] = (),
        between: str = "",
        end: str = "",
    ) -> Said:
        text = f"{between.join(parts)}{end}" if parts else template.format_map(values)
        made = super().__new__(cls, text)
        made.template, made.values = template, values
        made.parts, made.between, made.end = parts, between, end
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Said, (self.template, self.values, self.parts, self.between, self.end)

    def __deepcopy__(self, memo: dict[int, Any]) -> Said:
        return self


def said(template: str, /, **values: Any) -> Said:
    """``template`` said with ``values``. Raises KeyError for a name that has no value."""
    return Said(template, values)


def said_in_turn(parts: Iterable[str], between: str = " ", end: str = "") -> Said:
    """Several, one after the other. Raises ValueError for none."""
    told = tuple(parts)
    if not told:
        raise ValueError("Nothing was said.")
    return Said("", {}, told, between, end)
