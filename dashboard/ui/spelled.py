"""Numbers with a decimal sign, as the reader's language has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dashboard import format as fmt
from dashboard.language import current, tr


def tenths(value: float, spec: str = ".1f") -> str:
    """``1.5`` or ``1,5``."""
    return sign(f"{value:{spec}}")


def sign(text: str) -> str:
    """A number that is spelled already, without separators, with the language's decimal sign."""
    return text.replace(".", ",") if current() == "de" else text


def points(change: float) -> str:
    """A change of a share, in points of a hundred: ``+1.5 pts``."""
    return tr("{points} pts", points=tenths(change * 100, "+z.1f"))


def percent(share: float | None) -> str:
    """Without a fraction, for narrow cells: ``87%``."""
    if share is None:
        return fmt.UNKNOWN
    return f"{share * 100:.0f}\u00a0%" if current() == "de" else f"{share * 100:.0f}%"


FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {
    "localized": lambda value: fmt.number(int(value)),
    "percent": fmt.share,
    "%.1f%%": lambda value: fmt.share(value / 100),
    "%+d": lambda value: f"{int(value):+}",
    "%+.1f": lambda value: tenths(value, "+z.1f"),
}
"""A table's own format of numbers → the same words in the reader's language."""


def columns(given: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Callable[..., str]]]:
    """``given`` for a grid that spells by itself in English, or in the browser's language.

    Where the reader has another, the columns come without a format, and second what `words`
    spells them by. A bar has no words but the grid's own: there it is a plain number.
    """
    if current() != "de":
        return given, {}
    kept: dict[str, Any] = dict(given)
    found: dict[str, Callable[..., str]] = {}
    for name, column in given.items():
        kind = column.get("type_config") or {}
        if spell := FORMATS.get(kind.get("format", "")):
            kept[name] = {**column, "type_config": {"type": "number"}}
            found[name] = spell
    return kept, found


def words(
    cells: Mapping[str, Sequence[Any]], spells: Mapping[str, Callable[..., str]]
) -> dict[str, list[str]]:
    """The words over the numbers of some columns, row by row."""
    return {
        name: [fmt.UNKNOWN if value is None else spell(value) for value in cells[name]]
        for name, spell in spells.items()
    }
