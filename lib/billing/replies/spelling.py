"""Days and amounts as a language spells them. The only place of the product that reads CLDR."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list

from ..domain.money import minor_digits
from ..domain.times import local_date
from .words import WORDS

_DAY: Final = {"en": "d MMMM y"}
"""English without a country says a day the way the whole product does."""


@lru_cache(maxsize=64)
def locale_of(preferred: str | None) -> Locale:
    """The locale of one of our languages: that of a preference such as ``pt-BR``, else English."""
    tag = (preferred or "").replace("_", "-")
    try:
        found = Locale.parse(tag, sep="-") if tag else None
    except (ValueError, UnknownLocaleError):
        found = _language_of(tag)
    return found if found is not None and found.language in WORDS else Locale("en")


def _language_of(tag: str) -> Locale | None:
    """What a tag with an unknown country still says."""
    language = tag.partition("-")[0].lower()
    return Locale(language) if language in WORDS else None


def day(second: int, timezone: str, locale: Locale) -> str:
    """The business day that ``second`` belongs to, in words."""
    pattern = "long" if locale.territory else _DAY.get(locale.language, "long")
    return format_date(local_date(second, timezone), format=pattern, locale=locale)


def amounts(minor: Mapping[str, int], locale: Locale) -> str:
    """Amounts by currency, joined as the language joins them; never added up."""
    return format_list([money(value, code, locale) for code, value in minor.items()], locale=locale)


def money(minor: int, currency: str, locale: Locale, *, short: bool = False) -> str:
    """An exact amount. Its digits are Stripe's, which differ from CLDR's for some currencies.

    ``short``: without the zeros of a whole amount, as price lists have it.
    """
    digits = minor_digits(currency)
    pattern = copy.copy(locale.currency_formats["standard"])
    shown = 0 if short and minor % 10**digits == 0 else digits
    pattern.frac_prec = (shown, shown)
    value = Decimal(minor).scaleb(-digits)
    text = pattern.apply(value, locale, currency=currency.upper(), currency_digits=False)
    return re.sub(r"([A-Z]{3})(?=\d)", "\\1\u00a0", str(text))


def plural(count: int, locale: Locale) -> str:
    """The CLDR category of ``count``: one, few, many, other …"""
    return str(locale.plural_form(count))
