"""A pricing table as customers see it: pure, from the catalogue alone.

A card is one published plan. What can be bought has a lookup key; a price with ids alone is for
those who have it. A term is how often a price is due: ``month``, ``year``, ``3-month``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .catalog import Catalog
from .plans import Plan, Price, PricingTable

_DAYS: Final = {"day": 1, "week": 7, "month": 30, "year": 365}
_MONTHS: Final = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class CardFeature:
    """``slug`` is the flag that the product asks for; ``name`` is what people read."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class CardLimit:
    """How much of something: ``seats``, 10."""

    slug: str
    value: int


@dataclass(frozen=True, slots=True)
class Card:
    """One plan in a pricing table, in one currency and term.

    Args:
        default: what everybody has without a subscription.
        price: the flat or per-seat price; None where none is sold in this currency and term.
        metered: what is charged by use beside it, in the same currency and term.
        offers: the prices of this currency in every term, the shortest first, without metered ones.
        saving: whole percent, rounded down, that ``price`` costs less than as much time at the
            plan's price by the month; None where there is nothing to compare or nothing saved.
    """

    plan: str
    name: str
    highlight: str | None
    cta: str | None
    bullets: tuple[str, ...]
    features: tuple[CardFeature, ...]
    limits: tuple[CardLimit, ...]
    default: bool
    price: Price | None
    metered: tuple[Price, ...]
    offers: tuple[Price, ...]
    saving: int | None

    @property
    def free(self) -> bool:
        """Whether it costs nothing in this currency and term."""
        if self.metered:
            return False
        return self.price.amount == 0 if self.price else self.default and not self.offers


def pricing_cards(
    catalog: Catalog,
    table: PricingTable,
    *,
    currency: str,
    interval: str,
    language: str | None = None,
) -> tuple[Card, ...]:
    """The cards of ``table``, lowest rank first.

    Args:
        currency: lower-case code, one of `currencies_of`; another one finds no price.
        interval: a term, one of `terms_of_table`; another one finds no price.
        language: of the words; the file's own for now, whatever it is.
    """
    return tuple(_card(catalog, plan, currency, interval) for plan in catalog.cards(table))


def _card(catalog: Catalog, plan: Plan, currency: str, interval: str) -> Card:
    offered = [price for price in sold(plan) if price.currency == currency]
    flat = sorted((each for each in offered if each.usage == "licensed"), key=_length)
    price = next((each for each in flat if term_of(each) == interval), None)
    return Card(
        plan=plan.slug,
        name=plan.name,
        highlight=plan.highlight,
        cta=plan.cta,
        bullets=plan.bullets,
        features=tuple(CardFeature(slug, _feature(catalog, slug)) for slug in plan.features),
        limits=tuple(CardLimit(slug, value) for slug, value in plan.limits.items()),
        default=plan.slug == catalog.default_plan,
        price=price,
        metered=tuple(
            each for each in offered if each.usage == "metered" and term_of(each) == interval
        ),
        offers=tuple(flat),
        saving=_saving(price, flat),
    )


def _feature(catalog: Catalog, slug: str) -> str:
    known = catalog.features.get(slug)
    return known.name if known else slug.replace("_", " ").capitalize()


def sold(plan: Plan) -> Iterator[Price]:
    """The prices of a plan that somebody can buy again and again."""
    return (price for price in plan.prices if price.lookup_key and price.interval)


def term_of(price: Price) -> str:
    """``month``, ``3-month``; empty for a price without an interval."""
    if price.interval is None:
        return ""
    return (
        price.interval if price.interval_count == 1 else f"{price.interval_count}-{price.interval}"
    )


def currencies_of(catalog: Catalog, table: PricingTable) -> tuple[str, ...]:
    """Every currency that a table sells in, the catalogue's own first."""
    found = {price.currency for plan in catalog.cards(table) for price in sold(plan)}
    return tuple(sorted(found, key=lambda code: (code != catalog.currency, code)))


def terms_of_table(catalog: Catalog, table: PricingTable, currency: str) -> tuple[str, ...]:
    """Every term that a table sells in ``currency``, the shortest first."""
    prices = [price for plan in catalog.cards(table) for price in sold(plan)]
    found = {term_of(each): _length(each) for each in prices if each.currency == currency}
    return tuple(sorted(found, key=lambda term: (found[term], term)))


def _length(price: Price) -> int:
    return _DAYS.get(price.interval or "", 0) * price.interval_count


def _months(price: Price) -> int:
    return _MONTHS.get(price.interval or "", 0) * price.interval_count


def _saving(price: Price | None, flat: list[Price]) -> int | None:
    monthly = next((each for each in flat if term_of(each) == "month"), None)
    if price is None or monthly is None or not monthly.amount or price.amount is None:
        return None
    if not _months(price):
        return None
    saved = 1 - Fraction(price.amount, monthly.amount * _months(price))
    percent = (saved * 100).__floor__()
    return percent if percent > 0 else None
