"""Bars, lines and bubbles without Plotly in the browser, where it costs 60 ms a chart.

What is drawn is a figure of `dashboard.charts` all the same: ``dashboard/drawing`` reads a part of
what Plotly's description can say. A figure of anything else is Plotly's to draw.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import streamlit as st

_FOLDER: Final = Path(__file__).parents[1] / "drawing"
SCRIPT: Final = "".join(
    (_FOLDER / name).read_text(encoding="utf-8") for name in ("scales.js", "bubbles.js", "chart.js")
)
STYLE: Final = (_FOLDER / "chart.css").read_text(encoding="utf-8")
NAME: Final = "portside_chart"
_mount: Final = st.components.v2.component(
    NAME,
    html='<div class="chart"></div>',
    css=STYLE,
    js=SCRIPT,
)


def chart(figure: Any, *, key: str, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """``figure`` with what it shows in words. ``on_select`` is told of a click on a bar and
    finds it where Plotly's own would be: ``st.session_state[key]["selection"]["points"]``."""
    _mount(
        key=key,
        data={"figure": spec(figure), "alt": alt, "chooses": on_select is not None},
        on_selection_change=on_select or _nothing,
    )


def _nothing() -> None:
    """A trigger needs somebody to tell."""


def spec(figure: Any) -> str:
    held = figure.to_plotly_json()
    held["layout"].pop("template", None)
    return json.dumps(held, default=str)
