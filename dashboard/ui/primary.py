"""The words of a primary button, which Streamlit writes in white on the accent colour.

In the dark no accent has enough contrast both beneath white and as the colour of a chosen tab or
option (see `docs/decisions/0027-one-visual-language.md`). Ours is made for the second; here the
words become dark instead.
"""

from __future__ import annotations

from typing import Final

import streamlit as st

DARK: Final = "#0B1016"


def label(words: str) -> str:
    """``words``, which are Markdown, as a primary button has them in the theme of now."""
    if st.context.theme.type != "dark":
        return words
    return f':color[{words}]{{foreground="{DARK}"}}'
