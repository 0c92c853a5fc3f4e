"""Integer minor units. Exact until one rounding, half up."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

ZERO_DECIMAL: Final = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()
)
THREE_DECIMAL: Final = frozenset("bhd jod kwd omr tnd".split())


def minor_digits(currency: str) -> int:
    """How many digits of an amount stand behind the decimal point in ``currency``."""
    code = currency.lower()
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def round_half_up(amount: Fraction) -> int:
    """The nearest integer; a half goes away from zero."""
    sign = -1 if amount < 0 else 1
    numerator, denominator = abs(amount.numerator), amount.denominator
    return sign * ((2 * numerator + denominator) // (2 * denominator))


def rate(numerator: int | Fraction, denominator: int | Fraction) -> float | None:
    """``numerator ÷ denominator`` to six decimals, half up; None over zero."""
    if denominator == 0:
        return None
    return round_half_up(Fraction(numerator) / Fraction(denominator) * 1_000_000) / 1_000_000
