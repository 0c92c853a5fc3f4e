"""What something that stands out is, when it is far enough from chance, and how it is put.

A rule is silent where a sample is small (fewer than `ratio.SMALL_SAMPLE` customers, trials or
subscriptions stand in its denominator), and where chance alone would do: a count has to be further
from what is expected than twice the root of it, two shares further apart than twice their standard
error.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from .money import round_half_up
from .said import Count, Said, said

LEAST_EARLIER: Final = 3
"""Complete months that have to be there before one can be held against them."""
SIGMAS: Final = 4
"""Twice the standard deviation, squared."""


@dataclass(frozen=True, slots=True)
class Insight:
    """``page`` with ``query`` shows the rows behind it; ``evidence``: what was compared."""

    name: str
    sentence: str
    good: bool
    evidence: tuple[tuple[str, str], ...]
    page: str
    query: tuple[tuple[str, str], ...] = ()


def percent(share: Fraction) -> Said:
    """``14.2%``, half up."""
    return said("{number}%", number=decimal(share * 100))


def decimal(value: Fraction) -> Said:
    """With one digit after the point, half up; a whole number without."""
    tenths = round_half_up(value * 10)
    whole, rest = divmod(tenths, 10)
    if not rest:
        return said("{count}", count=Count(whole))
    return said("{whole}.{tenths}", whole=Count(whole), tenths=str(rest))


def of_all(count: int, total: int) -> Said:
    return said("{count} of {total}", count=Count(count), total=Count(total))


def word(slug: str) -> str:
    """A reason or cause as people say it; one that Stripe does not list stays as it is."""
    text = slug.replace("_", " ").capitalize()
    return text if set(text) & set("{}") else Said(text, {})


def listed(counts: tuple[int, ...]) -> str:
    return ", ".join(map(str, counts))
