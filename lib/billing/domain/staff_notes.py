"""Notes that staff keep about a customer, for each other and never for the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .errors import WrongUsage
from .filters import clean

LONGEST_NOTE: Final = 2_000
ONE_CLICK: Final = 30
"""Seconds within which the same words of the same person are the other half of a double click."""


@dataclass(frozen=True, slots=True)
class StaffNote:
    """``body`` is plain text and may be hostile: staff paste what customers wrote."""

    note_id: int
    customer_id: str
    staff: str
    created_at: int
    body: str


def checked_note(body: str) -> str:
    """The note as it is kept: lines, no other control characters. Raises WrongUsage."""
    lines = clean(body).splitlines()
    text = "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines).strip()
    if not text:
        raise WrongUsage("The note is empty: write a few words.", code="no_note")
    if len(text) > LONGEST_NOTE:
        raise WrongUsage(
            f"The note has {len(text):,} characters. Keep it within {LONGEST_NOTE:,}.",
            code="note_too_long",
        )
    return text
