"""An element of ours alone on a page, as the browser draws it."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Page

_DRAW = """
async ([source, data]) => {
  const { default: draw } = await import(source);
  window.told ??= [];
  const tell = (name, value) => window.told.push([name, value]);
  const parentElement = document.getElementById("here");
  draw({ data, parentElement, setStateValue: tell, setTriggerValue: tell });
}
"""


def draws(page: Page, script: str, data: dict[str, Any]) -> None:
    """``data`` into what has the id ``here``; what is told to the server is in ``window.told``."""
    source = f"data:text/javascript;base64,{base64.b64encode(script.encode()).decode()}"
    page.evaluate(_DRAW, [source, data])
