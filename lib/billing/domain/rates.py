"""Dated rates into the reporting currency, exact."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .money import minor_digits


class Quote(NamedTuple):
    """On ``day`` so many units of the reporting currency are so many units of the other."""

    day: date
    reporting: Decimal
    other: Decimal


@dataclass(frozen=True, slots=True)
class Rates:
    """``to``: the reporting currency. ``quotes``: other currency → its quotes, by day."""

    to: str
    quotes: Mapping[str, tuple[Quote, ...]]

    def on(self, currency: str, day: date) -> Fraction | None:
        """Units of the reporting currency for one unit of ``currency``.

        A day without a rate of its own (a weekend, a holiday) has the last one before it; None
        before the first rate, and for a currency without any.
        """
        if currency == self.to:
            return Fraction(1)
        quotes = self.quotes.get(currency, ())
        index = bisect_right(quotes, day, key=lambda quote: quote.day)
        if index == 0:
            return None
        quote = quotes[index - 1]
        return Fraction(quote.reporting) / Fraction(quote.other)

    def convert(self, minor: int, currency: str, day: date) -> Fraction | None:
        """``minor`` in exact minor units of the reporting currency, by way of whole units.

        Nothing is nothing at any rate; None where the rate is missing.
        """
        if minor == 0:
            return Fraction(0)
        rate = self.on(currency, day)
        if rate is None:
            return None
        whole = Fraction(minor, 10 ** minor_digits(currency))
        return whole * rate * Fraction(10 ** minor_digits(self.to))

    @property
    def newest(self) -> date | None:
        """The day of the newest rate of all."""
        return max((quotes[-1].day for quotes in self.quotes.values() if quotes), default=None)


Told = Mapping[str, Mapping[date, tuple[Decimal, Decimal]]]
"""Currency → day → so many units of the reporting currency are so many of it."""


def gathered(to: str, *sources: Told) -> Rates:
    """The rates of several sources; a later one holds where two speak of one day."""
    found: dict[str, dict[date, tuple[Decimal, Decimal]]] = {}
    for source in sources:
        for currency, by_day in source.items():
            found.setdefault(currency, {}).update(by_day)
    return Rates(
        to,
        {
            currency: tuple(Quote(day, *by_day[day]) for day in sorted(by_day))
            for currency, by_day in sorted(found.items())
        },
    )
