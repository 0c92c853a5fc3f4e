"""Plans and the ways between them, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dashboard import session
from dashboard.language import mark, tr
from lib.billing import Held

NOBODY: Final = Held(0, 0)
ARROW: Final = " → "

SIDES: Final = {
    "+new": mark("New"),
    "+returned": mark("Returned"),
    "+added": mark("Added"),
    "-left": mark("Left"),
}
"""Where somebody comes from or goes to who is on no plan there, or holds another one besides."""


def plan(slug: str) -> str:
    """The catalogue's name of a plan, or what a way begins or ends with instead of one."""
    if slug in SIDES:
        return tr(SIDES[slug])
    return session.billing().catalog.plan(slug).name if slug else tr("Not in the catalogue")


def ranked(slugs: Iterable[str]) -> list[str]:
    """The lowest plan first, as the catalogue ranks them; the one that it does not know last."""
    catalog = session.billing().catalog
    return sorted(slugs, key=lambda slug: (not slug, catalog.plan(slug).rank if slug else 0, slug))


def way(was: str, now: str) -> str:
    """From → to; one name where the plan stays."""
    if was == now:
        return tr("Within {plan}", plan=plan(was))
    return f"{plan(was)}{ARROW}{plan(now)}"
