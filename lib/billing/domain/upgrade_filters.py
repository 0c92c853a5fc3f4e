"""What the list of upgrades is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, cast, get_args

from .filters import Filters, clean
from .upgrades import BEGAN, Change

CHANGES: Final[tuple[str, ...]] = (*get_args(Change), BEGAN)
"""What can have changed, the first that differs names an upgrade; or that it began to pay."""


@dataclass(frozen=True, slots=True)
class UpgradeFilters(Filters):
    """``plans`` is where somebody went to; ``starts`` and ``ends`` bound when. A plan of None in
    ``path`` means none, or one that the catalogue does not know."""

    changes: tuple[str, ...] = ()  # of CHANGES
    path: tuple[str | None, str | None] | None = None  # one cell of the matrix: from, to

    def cleaned(self) -> UpgradeFilters:
        """The same without anything that no database takes."""
        path = self.path and (_cleaned(self.path[0]), _cleaned(self.path[1]))
        return replace(
            cast(UpgradeFilters, Filters.cleaned(self)),
            changes=tuple(map(clean, self.changes)),
            path=path,
        )


def _cleaned(plan: str | None) -> str | None:
    return None if plan is None else clean(plan)


EVERY_UPGRADE: Final = UpgradeFilters()
