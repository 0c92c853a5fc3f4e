"""Currencies and whole-cent arithmetic. Amounts are integers in the currency's minor unit."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from lib.sandbox.errors import SandboxError

CURRENCIES = frozenset(
    (
        "aed ars aud bgn bhd bif brl cad chf clp cny cop czk djf dkk egp eur gbp gnf hkd huf idr "
        "ils inr isk jod jpy kes kmf krw kwd mad mga mxn myr ngn nok nzd omr pen php pln pyg qar "
        "ron rwf sar sek sgd thb tnd try twd uah ugx usd uyu vnd vuv xaf xof xpf zar"
    ).split()
)
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())


def currency(name: str, param: str = "currency") -> str:
    """The lower-case code. Raises SandboxError (400) for one that is not supported."""
    code = name.lower()
    if code not in CURRENCIES:
        raise SandboxError(
            f"Invalid currency: {name}. Stripe currently supports these currencies: "
            f"{', '.join(sorted(CURRENCIES))}",
            param=param,
        )
    return code


def whole(amount: Decimal) -> int:
    """Rounded half up (away from zero) to whole minor units."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def plain(number: Decimal) -> str:
    """A decimal as Stripe writes it: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def display(amount: int, code: str) -> str:
    """For descriptions and hosted pages: ``$12.00`` or ``12.00 SEK``."""
    places = 0 if code in ZERO_DECIMAL else 3 if code in THREE_DECIMAL else 2
    number = f"{Decimal(amount) / 10**places:,.{places}f}"
    sign = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}.get(code)
    if sign is None:
        return f"{number} {code.upper()}"
    return f"-{sign}{number[1:]}" if amount < 0 else f"{sign}{number}"
