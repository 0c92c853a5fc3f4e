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
    text = "".join(c for c in value if c in "\t\n\r" or c.isprintable() or c == "\u00a0")
    leading = text.lstrip(" \u00a0")[:1]
    return "'" + text if text[:1] in _STARTS_A_FORMULA or leading in _STARTS_A_FORMULA else text


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str | int | float]]) -> str:
    """CSV text, UTF-8 when encoded, one line feed a row. Every cell is formula-safe."""
    return csv_lines([header]) + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[str | int | float]]) -> str:
    """Rows alone, for a file that is written piece by piece."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue()
