"""A chart of `dashboard.ui.picture` alone on a page, as the browser draws it."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Page

from dashboard.charts import Figure
from dashboard.ui import picture

SOURCE = f"data:text/javascript;base64,{base64.b64encode(picture.SCRIPT.encode()).decode()}"
DRAW = """
async ([source, figure, chooses, chosen]) => {
  const { default: draw } = await import(source);
  window.told = [];
  const parentElement = document.getElementById("here");
  const setTriggerValue = (name, value) => window.told.push([name, value]);
  draw({ data: { figure, alt: "A chart", chooses, chosen }, parentElement, setTriggerValue });
}
"""
HOSTILE = "<img src=http://foreign.test/tag.png onerror=alert(1)> & %{x} <b>"


def draw(
    page: Page, figure: Figure, *, chooses: bool = True, chosen: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """Where each bar stands, in pixels, with what it says to who cannot see it."""
    page.set_content(
        f"<style>{picture.STYLE}</style>"
        "<div id=here style='width:600px'><div class=chart></div></div>"
    )
    page.evaluate(DRAW, [SOURCE, picture.spec(figure), chooses, list(chosen)])
    found: list[dict[str, Any]] = page.evaluate(
        "[...document.querySelectorAll('.bar')].map(bar => {"
        " const {x, y, width, height} = bar.getBoundingClientRect();"
        " return {x, y, width, height, says: bar.ariaLabel} })"
    )
    return found
