"""Tables as one element of our own: words in rows that are chosen by their ids.

Streamlit's is a canvas that is laid out for a million rows: a page of 25 takes it a tenth of a
second more, it tells of a choice 150 ms late, and by its position, which slides when rows change.
``dashboard/drawing/table.js`` draws it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from dashboard import format as fmt
from dashboard.language import current
from dashboard.ui import drawn
from dashboard.ui.cells import Column

NAME: Final = "portside_table"
ROW: Final = 34
"""Pixels of a row, as the style has it."""
SCRIPT: Final = drawn.script("part", "help", "table")
STYLE: Final = drawn.style("help", "table")
_mount: Final = drawn.element(NAME, '<div class="listed"></div>', SCRIPT, STYLE)


def tall(rows: int) -> int:
    """Pixels of so many rows beneath their heads; half of another says that there are more."""
    return round(ROW * (rows + 1.5))


def draw(
    columns: Sequence[Column],
    *,
    key: str,
    alt: str,
    height: int | None = None,
    unknown: str = fmt.UNKNOWN,
    sortable: bool = True,
) -> None:
    """A table to be read. ``height``: pixels, beyond which it scrolls; ``unknown``: what stands for
    a cell that is not known."""
    data = _drawn(columns, alt, height)
    _mount(key=named(key), data=data | {"unknown": unknown, "sortable": sortable})


def held(
    columns: Sequence[Column], ids: Sequence[str], *, key: str, alt: str, height: int | None = None
) -> int | None:
    """A table that remembers its chosen row; answers which it is, None after a second click."""
    marks = tokens(ids)
    state: Any = st.session_state.get(named(key)) or {}
    shown = _place(state.get("chosen"), marks)
    result = _mount(
        key=named(key),
        data=_drawn(columns, alt, height) | {"ids": marks, "chosen": shown, "tells": "state"},
        default={"chosen": None},
        on_chosen_change=_nothing,
    )
    return _place(result.chosen, marks)


def told(
    columns: Sequence[Column],
    ids: Sequence[str],
    on_choose: Callable[[int | None], None],
    *,
    key: str,
    alt: str,
    height: int | None = None,
    chosen: int | None = None,
    always: bool = False,
) -> None:
    """A table whose ``chosen`` row somebody else keeps: ``on_choose`` is told of a click on a row,
    None of a second one. ``always``: one row is chosen, whatever is clicked."""
    marks, place, count = tokens(ids), named(key), f"{named(key)}_heard"

    def heard() -> None:
        # An answer that says the same again is not drawn, and what was not taken would look chosen.
        st.session_state[count] = st.session_state.get(count, 0) + 1
        wanted = st.session_state[place]["choice"]["row"]
        index = _place(wanted, marks)
        if wanted is None or index is not None:
            on_choose(index)

    _mount(
        key=place,
        data=_drawn(columns, alt, height)
        | {"ids": marks, "chosen": chosen, "tells": "always" if always else "trigger"}
        | {"heard": st.session_state.get(count, 0)},
        on_choice_change=heard,
    )


def named(key: str) -> str:
    """What a table is called among the page's elements."""
    return f"{key}_table"


def tokens(ids: Sequence[str]) -> list[str]:
    """What the browser calls each row: it stays the same wherever the row goes.

    An id that stands there twice is told apart by which of them it is.
    """
    met: Counter[str] = Counter()
    found = []
    for each in ids:
        met[each] += 1
        told = f"{each}\n{met[each]}" if met[each] > 1 else each
        found.append(hashlib.sha256(told.encode()).hexdigest()[:16])
    return found


def _place(token: Any, marks: Sequence[str]) -> int | None:
    return marks.index(token) if token in marks else None


def _drawn(columns: Sequence[Column], alt: str, height: int | None) -> dict[str, Any]:
    return {
        "columns": [
            {
                "name": each.name,
                "label": each.label,
                "help": each.help,
                "width": each.width,
                "side": each.side,
                "pinned": each.pinned,
                "counts": each.counts,
                "sorted_by": each.sorted_by,
            }
            for each in columns
        ],
        "rows": list(zip(*(each.cells for each in columns), strict=True)),
        "alt": alt,
        "height": height,
        "unknown": fmt.UNKNOWN,
        "sortable": True,
        "language": current(),
    }


def _nothing() -> None:
    """A state needs somebody to tell."""
