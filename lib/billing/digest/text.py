"""A letter as plain text, 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

from .letter import Figures, Letter, Line, Section

WIDTH: Final = 80
_INDENT: Final = "  "


def to_text(letter: Letter) -> str:
    """Addresses stand on lines of their own and are never broken, however long."""
    return "\n".join(line.rstrip() for line in _lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield from _wrapped(letter.title)
    yield from _wrapped(letter.about)
    if letter.test_mode:
        yield "TEST MODE: no real money."
    for section in letter.sections:
        yield ""
        yield from _section(section)
    if letter.foot:
        yield ""
        for sentence in letter.foot:
            yield from _wrapped(sentence)


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield section.title.upper()
    if section.summary:
        yield from _wrapped(section.summary)
    for figures in section.figures:
        yield from _figures(figures)
    for line in section.lines:
        yield from _line(line)
    if section.more:
        yield from _wrapped(section.more, _INDENT)
    if section.link:
        yield _INDENT + section.link


def _figures(figures: Figures) -> Iterator[str]:
    yield from _wrapped(figures.title, _INDENT)
    for label, value, _ in figures.rows:
        yield from _row(label, value, _INDENT * 2)
    if figures.note:
        yield from _wrapped(figures.note, _INDENT * 2)


def _line(line: Line) -> Iterator[str]:
    yield from _row(line.text, line.value, _INDENT)
    for note in line.notes:
        yield from _wrapped(note, _INDENT * 3)
    if line.link:
        yield _INDENT * 3 + line.link


def _row(text: str, value: str, indent: str) -> Iterator[str]:
    """The value ends at the right edge, below the text where both do not fit."""
    room = WIDTH - cell_len(value) - 2
    first, *others = _wrapped(text, indent)
    if cell_len(first) > room or others:
        yield first
        yield from others
        first = ""
    if value:
        yield first + " " * (WIDTH - cell_len(first) - cell_len(value)) + value
    elif first:
        yield first


def _wrapped(text: str, indent: str = "") -> list[str]:
    """Lines of at most 80 columns. Wide characters take two."""
    lines, rest = [], text
    while cell_len(indent + rest) > WIDTH:
        cut = len(rest)
        while cell_len(indent + rest[:cut]) > WIDTH:
            cut -= 1
        space = rest.rfind(" ", 0, cut + 1)
        cut = space if space > 0 else cut
        lines.append(indent + rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*lines, indent + rest]
