"""What can be handed over, as one list of buttons of our own; what cannot, each with its reason.

As Streamlit's every button was a tooltip, a label in Markdown and two boxes: the largest part of
what the browser drew for a customer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard.ui import drawn

NAME: Final = "portside_flows"
SCRIPT: Final = drawn.script("part", "flows")
STYLE: Final = drawn.style("flows")
_mount: Final = drawn.element(NAME, '<div class="flows"></div>', SCRIPT, STYLE)


@dataclass(frozen=True)
class Flow:
    """``slot`` tells it apart; ``icon``: a Material symbol's name; ``help``: why it is the main
    one. All of it plain text."""

    slot: str
    words: str
    icon: str
    help: str = ""
    why_not: str = ""


def offered(flows: Sequence[Flow], on_pick: Callable[[str], None], *, key: str) -> None:
    """Buttons; those with ``help`` are the main ones. ``on_pick`` is told the slot of the one that
    was pressed, before anything is drawn anew."""
    known = {flow.slot for flow in flows}

    def heard() -> None:
        slot = st.session_state[key]["pick"]
        if isinstance(slot, str) and slot in known:
            on_pick(slot)

    _mount(key=key, data={"flows": _drawn(flows), "title": None}, on_pick_change=heard)


def refused(title: str, flows: Sequence[Flow], *, key: str) -> None:
    """Greyed and behind ``title``, which opens them."""
    _mount(key=key, data={"flows": _drawn(flows), "title": title}, on_pick_change=_nothing)


def _drawn(flows: Sequence[Flow]) -> list[dict[str, Any]]:
    return [
        {
            "slot": flow.slot,
            "words": flow.words,
            "icon": flow.icon,
            "help": flow.help,
            "why_not": flow.why_not,
        }
        for flow in flows
    ]


def _nothing() -> None:
    """A trigger needs somebody to tell."""
