"""The facade's part for what changed since somebody was last here."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .domain.changes import LISTED
from .domain.errors import WrongUsage
from .domain.filters import MAX_PAGE
from .domain.permissions import Permission, Role, permissions_of, require
from .settings.setup import Setup
from .showing import changes
from .showing.change_views import ChangeItem, Changes
from .showing.views import Listing
from .store.queries.reading import Reader
from .store.queries.spans import Span


class ChangesDesk:
    """Tells what happened. Who sees no company totals gets counts, and no amounts."""

    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def changes(self, since: int, *, roles: Collection[Role]) -> Changes:
        """What took effect from ``since`` until now, counted. Raises PermissionDenied."""
        require(roles, Permission.CUSTOMERS)
        return changes.changes(
            self._reader, self._setup, self._clock(), since, permissions_of(roles)
        )

    def changed(
        self,
        group: str,
        starts: int,
        ends: int,
        *,
        roles: Collection[Role],
        limit: int = 25,
        offset: int = 0,
    ) -> Listing[ChangeItem]:
        """One page of one group of ``starts <= second < ends``, the newest first.

        Raises PermissionDenied, and WrongUsage for a group without customers behind it.
        """
        require(roles, Permission.CUSTOMERS)
        if group not in LISTED:
            raise WrongUsage(f"There are no customers behind {group!r}.")
        page = min(max(limit, 1), MAX_PAGE), max(offset, 0)
        return changes.behind(
            self._reader, self._setup, Span(starts, ends), group, page, permissions_of(roles)
        )
