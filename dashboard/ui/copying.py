"""A text to copy: shown as it is, with a button."""

from __future__ import annotations

from typing import Final

from dashboard.language import tr
from dashboard.ui import drawn

NAME: Final = "portside_copying"
HTML: Final = (
    '<div class="copying"><pre><code></code></pre><div class="act">'
    '<span role="status"></span><button type="button"></button></div></div>'
)
SCRIPT: Final = drawn.script("copying")
STYLE: Final = drawn.style("copying")
_mount: Final = drawn.element(NAME, HTML, SCRIPT, STYLE)


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
