"""How long somebody has been a customer, in bands."""

from __future__ import annotations

from typing import Final

from .times import DAY

BANDS: Final[tuple[tuple[str, int, int | None], ...]] = (
    ("under_90_days", 0, 90),
    ("90_days_to_1_year", 90, 365),
    ("1_to_2_years", 365, 730),
    ("over_2_years", 730, None),
)
"""(name, from so many whole days on, and below so many; None: without an end)."""

JOINED: Final = "joined_since"
"""Who was no customer yet at the day that is looked back from."""


def band_at(second: int, joined_at: int) -> str:
    """The band of a customer that ``joined_at`` an earlier second, looked at from ``second``."""
    days = (second - joined_at) // DAY
    return next(name for name, _, until in BANDS if until is None or days < until)
