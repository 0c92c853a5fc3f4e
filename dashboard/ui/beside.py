"""Things beside each other on one line."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def apart() -> DeltaGenerator:
    """A line of two: one at its left end, the other at its right. A space between them would be one
    more element for the browser to draw."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
