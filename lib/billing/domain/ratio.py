"""A rate with its numerator and denominator, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .money import rate
from .said import said

SMALL_SAMPLE: Final = 20
"""Below so many customers in the denominator a rate says little, and is marked."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """``numerator ÷ denominator``. ``sample``: customers in the denominator, where that counts."""

    numerator: int | Fraction
    denominator: int | Fraction
    sample: int | None = None
    absent_because: str | None = None  # a sentence; set where the denominator alone does not say

    @property
    def value(self) -> float | None:
        """Six decimals, half up; None over zero or where it is absent for another reason."""
        if self.absent_because is not None:
            return None
        return rate(self.numerator, self.denominator)

    @property
    def reason(self) -> str | None:
        """Why there is no value; None when there is one."""
        if self.absent_because is not None:
            return self.absent_because
        return said("The denominator is zero.") if self.denominator == 0 else None

    @property
    def small(self) -> bool:
        """Whether fewer than twenty customers stand in the denominator."""
        return self.sample is not None and self.sample < SMALL_SAMPLE
