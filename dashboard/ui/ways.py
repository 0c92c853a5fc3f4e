"""A list of what leads somewhere, as one element of our own: what needs somebody, what stands out.

As Streamlit's each was a link, a caption and a container or buttons: thirty elements for what needs
somebody, sixteen for what stands out, each gone through for every click on Overview.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import addressed, navigation
from dashboard import format as fmt
from dashboard.ui import drawn, tables

NAME: Final = "portside_needs"
SCRIPT: Final = drawn.script("part", "needs")
STYLE: Final = drawn.style("needs")
_mount: Final = drawn.element(NAME, '<ul class="needs"></ul>', SCRIPT, STYLE)


@dataclass(frozen=True)
class Way:
    """A page, or somebody's: what it is called, and what is said of it. All of it plain text.

    ``leads``: the words of the link, where ``name`` is a sentence and no name of a page.
    ``chooses``: what a click chooses on the page that is shown, in place of opening it.
    """

    name: str
    told: str
    slug: str
    query: tuple[tuple[str, str], ...] = ()
    icon: str = ""
    colour: str = "gray"
    people: tuple[Way, ...] = ()
    leads: str = ""
    chooses: tuple[tuple[str, str], ...] = ()


def draw(ways: Sequence[Way], *, key: str) -> None:
    """The page that is chosen opens when `tables.open_remembered` is asked next."""
    led = {_href(each): each for way in ways for each in (way, *way.people)}

    def heard() -> None:
        way = led.get(str(st.session_state[key]["way"]))
        if way is None:
            return
        if way.chooses:
            st.session_state.update(way.chooses)
        else:
            tables.remember_page(way.slug, **dict(way.query))

    _mount(
        key=key,
        data={
            "needs": [
                {
                    "href": _href(way),
                    "title": fmt.plain(way.name),
                    "why": fmt.plain(way.told),
                    "icon": way.icon,
                    "colour": way.colour,
                    "leads": way.leads,
                    "here": bool(way.chooses),
                    "people": [
                        {
                            "href": _href(each),
                            "name": fmt.plain(each.name),
                            "told": fmt.plain(each.told),
                        }
                        for each in way.people
                    ],
                }
                for way in ways
            ]
        },
        on_way_change=heard,
    )


def _href(way: Way) -> str:
    return navigation.address(way.slug, **dict(addressed.marked(way.query)))
