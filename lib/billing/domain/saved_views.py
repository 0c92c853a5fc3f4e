"""Named addresses of pages: what somebody looks at every morning, for themselves or for all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from .errors import WrongUsage
from .filters import clean

LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 2_000
MOST_VIEWS: Final = 50
"""Of one person: a menu that must be searched is no help any more."""

_PAGE: Final = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class SavedView:
    """``page`` is the page's slug, ``query`` its filters as an address spells them.

    ``name`` and ``query`` are what somebody typed, and may be hostile.
    """

    staff: str
    name: str
    page: str
    query: str = ""
    shared: bool = False

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The filters in their order; a key comes once for each of its values."""
        return tuple(parse_qsl(self.query, keep_blank_values=True))


def checked_view(view: SavedView) -> SavedView:
    """The view as it is kept. Raises WrongUsage for a name or an address that cannot be kept."""
    name = " ".join("".join(c if c.isprintable() else " " for c in clean(view.name)).split())
    if not name:
        raise WrongUsage("Give the view a name.", code="no_view_name")
    if len(name) > LONGEST_NAME:
        raise WrongUsage(
            f"The name has {len(name)} characters. Keep it within {LONGEST_NAME}.",
            code="view_name_too_long",
        )
    if not _PAGE.fullmatch(view.page):
        raise WrongUsage(f"{view.page!r} is not a page.", code="view_page_unknown")
    query = urlencode([(clean(key), clean(value)) for key, value in view.parameters])
    if len(query) > LONGEST_QUERY:
        raise WrongUsage(
            f"These filters take {len(query):,} characters of an address. "
            f"Keep them within {LONGEST_QUERY:,}.",
            code="view_too_long",
        )
    return SavedView(view.staff, name, view.page, query, view.shared)
