"""The title of a section as one element of our own: its question, what it means, a way to more.

As Streamlit's the title, the line that it shares and the link beside it were four boxes within each
other, which were gone through again for every part of the page that came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dashboard import addressed, navigation
from dashboard import format as fmt
from dashboard.language import tr
from dashboard.ui import drawn

NAME: Final = "portside_title"
SCRIPT: Final = drawn.script("part", "help", "going", "title")
STYLE: Final = drawn.style("help", "title")
_mount: Final = drawn.element(NAME, '<div class="titled"></div>', SCRIPT, STYLE)


@dataclass(frozen=True)
class Way:
    """A link to the page called ``slug``. ``why`` comes when it is pointed at. Plain text."""

    words: str
    slug: str
    query: tuple[tuple[str, str], ...] = ()
    why: str = ""


def draw(
    question: str,
    told: Sequence[tuple[str, str]] = (),
    *,
    way: Way | None = None,
    key: str = "",
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    """``told``: (what it is called, what it means) of each number, "" where it has no name. All of
    it plain text. ``key``: where the question is not always the same, or is somebody's name."""
    link = None
    if way is not None:
        query = dict(addressed.marked(way.query))
        href = navigation.address(way.slug, **query)
        link = {"words": way.words, "href": href, "why": way.why}
    _mount(
        key=key or f"title {question}",
        width=width,
        data={
            "title": fmt.plain(question),
            "told": [list(each) for each in told],
            "help": tr("Help for {label}", label=question),
            "way": link,
        },
    )
