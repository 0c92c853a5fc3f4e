"""Tables whose money reads as money: exact amounts underneath, so that sorting sorts numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

Spell = Callable[[Any], str]


def worded(frame: pd.DataFrame, spelled: Mapping[str, list[str]]) -> Any:
    """``frame`` with the words of ``spelled`` columns, row by row, in place of their values.

    A pandas Styler of its own makes a template of every cell: that is most of a table's time.
    This one only says what is asked of it, and for all other cells what pandas would say.
    """
    styler = frame.style.set_uuid("worded")
    cells = [
        cell
        for place, name in enumerate(frame.columns)
        if name in spelled or not _said_by_itself(frame[name])
        for cell in _column(place, spelled.get(str(name)) or map(_plain, frame[name]))
    ]
    told: dict[str, Any] = {"_compute": lambda: styler, "_translate": lambda *_: {"body": [cells]}}
    for name, answer in told.items():
        setattr(styler, name, answer)
    return styler


def _said_by_itself(column: pd.Series) -> bool:
    """Whether ``str`` of a cell is what pandas would say."""
    return not column.hasnans and bool(
        pd.api.types.is_object_dtype(column)
        or pd.api.types.is_string_dtype(column)
        or pd.api.types.is_bool_dtype(column)
        or pd.api.types.is_integer_dtype(column)
    )


def _column(place: int, words: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for row, value in enumerate(words):
        yield {"id": f"row{row}_col{place}", "display_value": value}


def _plain(value: Any) -> Any:
    """As pandas words a cell that nobody has worded."""
    return f"{value:.6f}" if isinstance(value, float) else value
