"""Tables whose money reads as money: exact amounts underneath, so that sorting sorts numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def worded(cells: Mapping[str, Sequence[Any]], spelled: Mapping[str, Sequence[str]]) -> Any:
    """A table of ``cells``, column by column, with the words of ``spelled`` columns over theirs.

    A pandas Styler makes a template of every cell, and Streamlit then writes what it says into the
    frame's text cell by cell: together that is most of a table's time. This one says nothing,
    because its frame's text is already what is asked of it.
    """
    frame = _frame(cells, cells.values())
    if not spelled:
        return frame
    told = _Told(frame)
    text = [spelled.get(name) or list(map(_plain, values)) for name, values in cells.items()]
    told.words = _frame(cells, text)
    styler = told.style.set_uuid("worded")
    silent: dict[str, Any] = {"_compute": lambda: styler, "_translate": lambda *_: {}}
    for name, answer in silent.items():
        setattr(styler, name, answer)
    return styler


class _Told(pd.DataFrame):
    """A frame whose text is ``words``."""

    _metadata = ["words"]  # noqa: RUF012 - as pandas has it declared
    words: pd.DataFrame

    def astype(self, dtype: Any, *more: Any, **rest: Any) -> Any:
        return self.words if dtype is str else super().astype(dtype, *more, **rest)


def _frame(names: Iterable[str], columns: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Of Python's objects as they are: a type of pandas' own for each column takes longer to make
    than the table to send."""
    given = list(columns)
    block = np.empty((len(given[0]) if given else 0, len(given)), dtype=object)
    for place, values in enumerate(given):
        for row, value in enumerate(values):
            block[row, place] = value
    return pd.DataFrame(block, columns=list(names), dtype=object)


def _plain(value: Any) -> str | None:
    """As pandas words a cell that nobody has worded; of what is not known nothing is said."""
    if value is None:
        return None
    return f"{value:.6f}" if isinstance(value, float) else str(value)
