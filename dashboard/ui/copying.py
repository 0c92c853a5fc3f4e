"""A text to copy: shown as it is, with a button."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

from dashboard.language import tr

_FOLDER: Final = Path(__file__).parents[1] / "drawing"
NAME: Final = "portside_copying"
HTML: Final = (
    '<div class="copying"><pre><code></code></pre><div class="act">'
    '<span role="status"></span><button type="button"></button></div></div>'
)
SCRIPT: Final = (_FOLDER / "copying.js").read_text(encoding="utf-8")
STYLE: Final = (_FOLDER / "copying.css").read_text(encoding="utf-8")
_mount: Final = st.components.v2.component(
    NAME,
    html=HTML,
    css=STYLE,
    js=SCRIPT,
    isolate_styles=False,
)


def text(words: str, *, key: str, prose: bool = False, language: str = "") -> None:
    """``words`` for somebody else; ``prose``: sentences, not an address, in ``language``."""
    _mount(
        key=key,
        data={
            "text": words,
            "prose": prose,
            "language": language,
            "copy": tr("Copy"),
            "copied": tr("Copied"),
            "failed": tr("Not copied: select the text."),
        },
    )
