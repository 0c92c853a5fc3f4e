"""Amounts as people read them, exact: no float on the way."""

from __future__ import annotations

from .money import minor_digits


def in_units(minor: int, currency: str) -> str:
    """``-12.05`` for -1205 usd; as many digits as the currency has."""
    digits = minor_digits(currency)
    sign, whole = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"


def spoken_amount(minor: int | None, currency: str | None) -> str:
    """``29.00 USD``; an unknown amount says so."""
    if minor is None or currency is None:
        return "an unknown amount"
    return f"{in_units(minor, currency)} {currency.upper()}"
