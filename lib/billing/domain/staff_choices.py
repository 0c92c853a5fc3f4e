"""What Portside remembers for one member of staff: small answers, never a filter or a number."""

from __future__ import annotations

from typing import Final

from .errors import WrongUsage

LANGUAGE: Final = "language"  # en · de
TOUR: Final = "tour"  # how the tour was left
LAST_HERE: Final = "last_here"  # unix second of the visit before this one

NAMES: Final = frozenset({LANGUAGE, TOUR, LAST_HERE})
LONGEST_CHOICE: Final = 60


def checked_choice(name: str, value: str) -> str:
    """``value`` as it is kept. Raises WrongUsage for a name or a value that cannot be kept."""
    if name not in NAMES:
        raise WrongUsage(
            f"{name!r} is not kept for staff. Kept are: {', '.join(sorted(NAMES))}.",
            code="choice_unknown",
        )
    if not value.isprintable() or len(value) > LONGEST_CHOICE:
        raise WrongUsage(
            f"The choice of {name} is not one line of at most {LONGEST_CHOICE} characters.",
            code="choice_malformed",
        )
    return value
