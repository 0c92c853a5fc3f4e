"""How a digest and an alert call things: amounts, days, people, plans, pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from ..domain.catalog import Catalog
from ..domain.times import MONTHS, spoken_day, zone
from ..replies import spelling
from .letter import clean
from .values import Customer, Sum

_ENGLISH: Final = spelling.locale_of("en")


def money(minor: int, currency: str, *, signed: bool = False) -> str:
    text = spelling.money(minor, currency, _ENGLISH)
    return f"+{text}" if signed and minor > 0 else text


def sums(found: Iterable[Sum], of: str = "") -> str:
    """``$5.00, €2.00 MRR, 1 of unknown worth``; ``of`` says what the amounts are."""
    found = list(found)
    amounts = [
        money(each.minor, each.currency)
        for each in found
        if each.currency is not None and each.count > each.unknown
    ]
    said = [f"{', '.join(amounts)} {of}".strip()] if amounts else []
    unknown = sum(each.unknown for each in found)
    return ", ".join([*said, f"{unknown:,} of unknown worth"] if unknown else said)


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def said(code: str | None) -> str:
    """``too_expensive`` as words; a code that is not known yet stays readable."""
    return clean(code, 40).replace("_", " ")


def named(who: Customer) -> str:
    """The name, else the address, else the id."""
    return clean(who.name, 50) or clean(who.email, 60) or clean(who.customer_id)


def addressed(who: Customer) -> tuple[str, ...]:
    """The address of somebody who is named by another name."""
    return (clean(who.email, 60),) if clean(who.name) and clean(who.email) else ()


def days(first: str, last: str) -> str:
    """``22 November 2026``, ``16–22 November 2026`` or ``30 November – 6 December 2026``."""
    a, b = date.fromisoformat(first), date.fromisoformat(last)
    if a == b:
        return _day(b)
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}–{_day(b)}"
    begin = f"{a.day} {MONTHS[a.month - 1]}" if a.year == b.year else _day(a)
    return f"{begin} – {_day(b)}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Names:
    """``dashboard``: its address without a slash at the end; None = nothing is linked."""

    catalog: Catalog
    timezone: str
    dashboard: str | None = None

    def plan(self, slug: str | None) -> str:
        return "no plan" if slug is None else clean(self.catalog.plan(slug).name, 40)

    def day(self, second: int) -> str:
        return spoken_day(second, self.timezone)

    def time(self, second: int) -> str:
        """``at 14:05 on 22 November 2026``."""
        clock = datetime.fromtimestamp(second, zone(self.timezone))
        return f"at {clock:%H:%M} on {self.day(second)}"

    def last_day(self, ends_at: int) -> str:
        """The last day that has any of it: an end at midnight belongs to the day before."""
        return spoken_day(ends_at - 1, self.timezone)

    def page(self, slug: str, **query: str) -> str | None:
        if self.dashboard is None:
            return None
        return f"{self.dashboard}/{slug}" + (f"?{urlencode(query)}" if query else "")

    def customer(self, customer_id: str) -> str | None:
        return self.page("customer", customer=customer_id)
