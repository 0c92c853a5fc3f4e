"""Numbers with a decimal sign, as the reader's language has it."""

from __future__ import annotations

from dashboard import format as fmt
from dashboard.language import current, tr


def tenths(value: float, spec: str = ".1f") -> str:
    """``1.5`` or ``1,5``."""
    return sign(f"{value:{spec}}")


def sign(text: str) -> str:
    """A number that is spelled already, without separators, with the language's decimal sign."""
    return text.replace(".", ",") if current() == "de" else text


def points(change: float) -> str:
    """A change of a share, in points of a hundred: ``+1.5 pts``."""
    return tr("{points} pts", points=tenths(change * 100, "+z.1f"))


def percent(share: float | None) -> str:
    """Without a fraction, for narrow cells: ``87%``."""
    if share is None:
        return fmt.UNKNOWN
    return f"{share * 100:.0f}\u00a0%" if current() == "de" else f"{share * 100:.0f}%"
