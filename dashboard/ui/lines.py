"""Lines of words as one element of our own: sentences and badges.

As Streamlit's each badge and each sentence is an element in a box of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal

from dashboard.language import tr
from dashboard.ui import drawn
from dashboard.ui.badges import Colour

NAME: Final = "portside_lines"
SCRIPT: Final = drawn.script("part", "help", "lines")
STYLE: Final = drawn.style("help", "lines")
_mount: Final = drawn.element(NAME, '<div class="lines"></div>', SCRIPT, STYLE)
Look = Literal["plain", "strong", "dim", "badge"]


@dataclass(frozen=True)
class Bit:
    """Some words of a line: plain text, whoever wrote it. ``colour`` and ``icon`` (a Material
    symbol's name) are for badges; ``help`` comes to a badge itself, else to a mark behind it."""

    text: str
    look: Look = "plain"
    colour: Colour = "gray"
    icon: str = ""
    help: str = ""


def draw(
    lines: Sequence[Sequence[Bit]],
    *,
    key: str,
    framed: bool = False,
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    """One paragraph each, which wraps. ``framed``: with a border around all."""
    told = [[asdict(bit) for bit in line] for line in lines]
    named = tr("Help for {label}", label="{label}")
    _mount(key=key, width=width, data={"lines": told, "framed": framed, "help": named})


def badge(text: str, colour: Colour, *, icon: str = "", help: str = "") -> Bit:
    """A coloured word; ``help`` comes when it is pointed at, focused or pressed."""
    return Bit(text, "badge", colour, icon, help)
