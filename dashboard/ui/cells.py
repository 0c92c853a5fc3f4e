"""What stands in a table's cells, in the reader's words, and what a column is sorted by."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final, Literal

from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import spelled
from dashboard.ui.badges import colour

Cell = str | dict[str, Any] | None
"""Words; or ``text`` with ``href``, ``bar`` (0 to 1) or ``shade`` (a colour); or ``badges``, each a
word and its colour. None: it is not known."""
Side = Literal["left", "center", "right"]

NUMBERS: Final = ("number", "progress")
_SPELLED: Final[Mapping[str, Callable[[Any], str]]] = {
    "plain": str,
    "percent": fmt.share,
    "%.1f%%": lambda value: fmt.share(value / 100),
    "%+d": lambda value: f"{int(value):+}",
    "%+.1f": lambda value: spelled.tenths(value, "+z.1f"),
}
_BAR: Final = 40
"""Pixels of a bar, at least."""
_LETTER: Final = 7
"""Pixels of a letter, on the average, for a column that nobody gave a width."""


@dataclass(frozen=True)
class Column:
    """``width`` in pixels, at least. ``counts``: it holds numbers, which need a definition.
    ``sorted_by``: a number for each row; without it, its words are compared."""

    name: str
    label: str
    cells: Sequence[Cell]
    width: int
    help: str = ""
    side: Side = "left"
    pinned: bool = False
    counts: bool = False
    sorted_by: Sequence[float | None] | None = None


def column(
    name: str, told: Mapping[str, Any], values: Sequence[Any], codes: Sequence[str | None] | None
) -> Column:
    """A column that ``told`` describes as Streamlit's ``column_config`` does.

    ``codes``: of money, the currency of each row; ``values`` are minor units then.
    """
    kind = told.get("type_config") or {"type": "text"}
    label = told.get("label") or name
    if codes is not None:
        cells, sorted_by = _money(values, codes)
    else:
        cells, sorted_by = _worded(kind, values)
    counts = codes is not None or kind["type"] in NUMBERS
    return Column(
        name=name,
        label=label,
        cells=cells,
        width=_width(told.get("width"), label, cells, whole=sorted_by is not None),
        help=told.get("help") or "",
        side=told.get("alignment") or ("right" if counts else "left"),
        pinned=bool(told.get("pinned")),
        counts=counts,
        sorted_by=sorted_by,
    )


def _money(
    values: Sequence[int | None], codes: Sequence[str | None]
) -> tuple[list[Cell], list[float | None]]:
    exact: list[Decimal | None] = [
        None if minor is None or not code else fmt.exact(int(minor), code)
        for minor, code in zip(values, codes, strict=True)
    ]
    cells: list[Cell] = [
        None if value is None or not code else fmt.amount(value, code)
        for value, code in zip(exact, codes, strict=True)
    ]
    return cells, [None if value is None else float(value) for value in exact]


def _worded(
    kind: Mapping[str, Any], values: Sequence[Any]
) -> tuple[list[Cell], list[float | None] | None]:
    match kind["type"]:
        case "number" | "progress":
            bar = kind if kind["type"] == "progress" else None
            spell = _SPELLED.get(kind.get("format") or "", _plain)
            known = [value if _known(value) else None for value in values]
            cells = [None if value is None else _number(value, spell, bar) for value in known]
            return cells, [None if value is None else float(value) for value in known]
        case "date":
            return [_at(value, fmt.short_day) for value in values], list(map(_second, values))
        case "datetime":
            return [_at(value, fmt.short_clock) for value in values], list(map(_second, values))
        case "multiselect":
            return [_badges(words) for words in values], None
        case "link":
            return [_link(href, kind.get("display_text")) for href in values], None
    return [None if value is None else str(value) for value in values], None


def _number(value: Any, spell: Callable[[Any], str], bar: Mapping[str, Any] | None) -> Cell:
    if bar is None:
        return spell(value)
    least, room = float(bar["min_value"]), float(bar["max_value"]) - float(bar["min_value"])
    part = (float(value) - least) / room if room > 0 else 0.0
    return {"text": spell(value), "bar": min(max(part, 0.0), 1.0)}


def _known(value: Any) -> bool:
    """What is no number, as that of a division by nothing, is not known."""
    return value is not None and math.isfinite(value)


def _plain(value: Any) -> str:
    """A count; what has a fraction keeps it."""
    if value == int(value):
        return fmt.number(int(value))
    return spelled.sign(f"{value:.6f}".rstrip("0").rstrip("."))


def _at(value: date | None, spell: Callable[[Any], str]) -> str | None:
    return None if value is None else spell(value)


def _second(value: date | None) -> float | None:
    if value is None:
        return None
    at = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
    return at.timestamp()


def _badges(words: Sequence[str] | None) -> Cell:
    return None if words is None else {"badges": [[tr(word), colour(word)] for word in words]}


def _link(href: str | None, shown: str | None) -> Cell:
    """``shown``: a word, or a pattern whose group is found in the address."""
    if not href:
        return None
    if not re.match(r"https?:", href, re.IGNORECASE):
        return href
    if not shown:
        return {"text": href, "href": href}
    if "(.+)" not in shown:
        return {"text": shown, "href": href}
    part = re.search(shown, href)
    return {"text": part[1] if part else href, "href": href}


def _width(told: Any, label: str, cells: Sequence[Cell], *, whole: bool) -> int:
    """Numbers and dates are never cut off: half of one is another one."""
    longest = _LETTER * max(map(len, map(words, cells)), default=0) + 18
    if any(isinstance(cell, dict) and "bar" in cell for cell in cells):
        longest += _BAR
    if isinstance(told, int):
        return max(told, longest) if whole else told
    return min(max(_LETTER * len(label) + 24, longest + 6, 64), 280)


def words(cell: Cell) -> str:
    """A cell as it is read aloud."""
    if isinstance(cell, dict):
        return cell["text"] if "text" in cell else ", ".join(word for word, _ in cell["badges"])
    return cell or ""
