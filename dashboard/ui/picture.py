"""Bars, lines and bubbles without Plotly in the browser, where it costs 60 ms a chart.

What is drawn is described as Plotly has it (`dashboard.charts`): ``dashboard/drawing`` reads the
part of its schema that the charts use.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, Final

import streamlit as st

from dashboard.charts import Figure
from dashboard.ui import drawn, filters

SCRIPT: Final = drawn.script("scales", "bubbles", "chart")
STYLE: Final = drawn.style("chart")
NAME: Final = "portside_chart"
_mount: Final = st.components.v2.component(
    NAME,
    html='<div class="chart"></div>',
    css=STYLE,
    js=SCRIPT,
)


def chart(
    figure: Figure,
    *,
    key: str,
    alt: str,
    on_select: Callable[[], None] | None = None,
    chosen: Collection[str] = (),
) -> None:
    """``figure`` with what it shows in words. ``on_select`` is told of a click on a bar or a bubble
    and finds it by `clicked`. ``chosen``: of their keys, the first of what the figure holds with
    them; others are faint, unless none of those is drawn."""
    _mount(
        key=key,
        data={
            "figure": spec(figure),
            "alt": alt,
            "chooses": on_select is not None,
            "chosen": list(chosen),
        },
        on_selection_change=on_select or _nothing,
    )


def clicked(key: str) -> list[Any]:
    """What the figure holds with the mark that was clicked: its ``customdata``."""
    point: list[Any] = st.session_state[key]["selection"]["points"][0]["customdata"]
    return point


def held(field: str) -> Collection[str]:
    """What a field is narrowed to: nothing, one, or several."""
    value = st.session_state.get(field) or ()
    return (value,) if isinstance(value, str) else value


def choose(**wanted: Any) -> None:
    """Narrow what is listed to a mark: the state of fields. A click once more lets it go."""
    again = all(st.session_state.get(name) == value for name, value in wanted.items())
    for name, value in wanted.items():
        st.session_state[name] = ([] if isinstance(value, list) else None) if again else value
    filters.first_page()


def _nothing() -> None:
    """A trigger needs somebody to tell."""


def spec(figure: Figure) -> str:
    return json.dumps(figure.described(), default=str)
