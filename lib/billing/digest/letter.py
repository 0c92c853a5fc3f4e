"""What is told, as plain text in parts: every form lays out the same letter.

Texts may hold what customers wrote. They are one line each and without control characters; making
them harmless in a form is that form's work.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, set_cell_size

Tone = Literal["", "good", "bad"]


@dataclass(frozen=True, slots=True)
class Line:
    """``value`` stands at the right; ``notes`` below; ``link`` is an absolute address."""

    text: str
    value: str = ""
    notes: tuple[str, ...] = ()
    link: str | None = None
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts below each other, the first and the last of them a balance."""

    title: str
    rows: tuple[tuple[str, str, Tone], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...] = ()
    figures: tuple[Figures, ...] = ()
    summary: str = ""  # under the title
    link: str | None = None  # to the page that shows all of it
    linked: str = ""  # what the link is called
    more: str = ""  # what is not named here


@dataclass(frozen=True, slots=True)
class Letter:
    """``subject`` has no line break, so it can be a header. ``about``: what, of when, of where."""

    subject: str
    title: str
    about: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = ()
    test_mode: bool = False


def clean(text: str | None, cells: int = 60) -> str:
    """One line of at most ``cells`` columns without anything invisible."""
    if not text:
        return ""
    shown = " ".join("".join(map(_visible, text)).split())
    return shown if cell_len(shown) <= cells else set_cell_size(shown, cells - 1).rstrip() + "…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    # Marks that turn, join or hide what is around them go; breaks and the like part words.
    return "" if unicodedata.category(character) in ("Cf", "Cs") else " "
