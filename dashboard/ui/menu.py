"""The pages that somebody may open and the search for a customer, as one element of our own.

Streamlit's menu draws each of its links anew with every part of a page that comes in: it was two
fifths of what the browser drew when a page was changed. What is sought leads to the customers by
its address, without the page that is left.
"""

from __future__ import annotations

from typing import Any, Final

from dashboard import navigation
from dashboard.language import tr
from dashboard.session import Staff
from dashboard.ui import drawn
from lib.billing import Permission

NAME: Final = "portside_menu"
SCRIPT: Final = drawn.script("part", "going", "menu")
STYLE: Final = drawn.style("field", "menu")
_mount: Final = drawn.element(NAME, '<nav class="menu"></nav>', SCRIPT, STYLE)


def draw(staff: Staff, slug: str) -> None:
    """``slug``: of the page that is open. The customers' own has a search of its own."""
    _mount(
        key="menu",
        data={
            "title": tr("Pages"),
            "sections": _sections(staff),
            "current": slug,
            "find": {"label": tr("Find a customer"), "href": navigation.address("customer")},
            "seeks": slug != "customer" and staff.may(Permission.CUSTOMERS),
        },
    )


def _sections(staff: Staff) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in navigation.PAGES:
        if row.permission in staff.permissions:
            page = {
                "slug": row.slug,
                "words": tr(row.title),
                "icon": row.icon.removeprefix(":material/").removesuffix(":"),
                "href": navigation.address(row.slug),
            }
            found.setdefault(row.section, []).append(page)
    return [{"title": tr(section), "pages": pages} for section, pages in found.items()]
