"""Sentences instead of data: what would fill an empty place, what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from dashboard import format as fmt
from dashboard.ui import entrance
from lib.billing import BillingError, SignInRefused

P = ParamSpec("P")


def empty(sentence: str, *, hint: str | None = None, icon: str = ":material/check_circle:") -> None:
    """Instead of an empty table: what would fill it, and the next step."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f"{icon} {sentence}", text_alignment="center")
        if hint:
            st.caption(hint, text_alignment="center")


def trouble(error: BillingError, *, place: str = "here") -> None:
    """What happened and what to do, in the error's own sentence; or the way back in."""
    if isinstance(error, SignInRefused):
        st.warning(fmt.md(str(error)), icon=":material/lock_clock:")
        entrance.again(place)
        return
    st.error(fmt.md(str(error)), icon=":material/error:")


def calmly(draw: Callable[P, None]) -> Callable[P, None]:
    """A foreseeable fault inside becomes its sentence in place of what could not be drawn.

    Around the whole script and around each fragment: a fragment's rerun does not pass the script.
    """

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except BillingError as error:
            trouble(error, place=draw.__qualname__)

    return drawn
