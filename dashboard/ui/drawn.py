"""Scripts and styles of our own elements, put together from `dashboard/drawing`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import streamlit as st

_FOLDER: Final = Path(__file__).parents[1] / "drawing"


def element(name: str, html: str, script: str, style: str) -> Any:
    """An element on the page itself, not in a root of its own: it is read, found and printed as the
    page is."""
    return st.components.v2.component(name, html=html, css=style, js=script, isolate_styles=False)


def script(*names: str) -> str:
    """One module, in this order: what a later file calls is in an earlier one."""
    return _joined("js", names)


def style(*names: str) -> str:
    """One sheet, in this order."""
    return _joined("css", names)


def _joined(kind: str, names: tuple[str, ...]) -> str:
    return "".join((_FOLDER / f"{name}.{kind}").read_text(encoding="utf-8") for name in names)
