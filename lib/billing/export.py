"""CSV that a spreadsheet shows as text and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_STARTS_A_FORMULA: Final = frozenset("=+-@＝＋－＠\t\r\n")


def safe_cell(value: str | int | float) -> str | int | float:
    """A text that a spreadsheet would take for a formula, made harmless by an apostrophe.

    Numbers stay numbers, negative ones too. Control characters other than line breaks go.
    """
    if not isinstance(value, str):
        return value
    text = readable(value)
    leading = text.lstrip(" \u00a0")[:1]
    return "'" + text if text[:1] in _STARTS_A_FORMULA or leading in _STARTS_A_FORMULA else text


def readable(text: str) -> str:
    """``text`` without control characters, line breaks aside, and without halves of characters."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in "\t\n\r" or c.isprintable() or c == "\u00a0")


def to_csv(header: Sequence[str] | None, rows: Iterable[Sequence[str | int | float]]) -> str:
    """CSV text, UTF-8 when encoded, one line feed a row. Every cell is formula-safe.

    ``header`` None: rows alone, for a file that is written piece by piece.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if header is not None:
        writer.writerow(header)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue()
