"""The facade's part for saved views."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .domain.errors import NoSuchObject, PermissionDenied, WrongUsage
from .domain.permissions import Role
from .domain.saved_views import MOST_VIEWS, SavedView, checked_view
from .store import audit, saved_views
from .store.engine import Connection, Store


class ViewsDesk:
    """Keeps named addresses of pages. Whoever opens one sees what their own roles allow."""

    _store: Store
    _clock: Callable[[], int]

    def saved_views(self, staff: str, *, roles: Collection[Role]) -> tuple[SavedView, ...]:
        """One's own by name, then those that others share; none for who has no role."""
        if not roles:
            return ()
        with self._store.reading() as connection:
            return tuple(saved_views.seen_by(connection, staff))

    def save_view(self, view: SavedView, *, roles: Collection[Role]) -> SavedView:
        """Keep it; one of the same person and name is replaced.

        Raises PermissionDenied without any role, WrongUsage.
        """
        _somebody(roles)
        view = checked_view(view)
        with self._store.writing() as connection:
            audit.hold(connection)  # the other half of a double click waits here
            own = [each for each in self._own(connection, view.staff) if each.name != view.name]
            if len(own) >= MOST_VIEWS:
                raise WrongUsage(
                    f"You have {MOST_VIEWS} saved views. Remove one first.", code="too_many_views"
                )
            if view not in self._own(connection, view.staff):
                saved_views.add(connection, view, self._clock())
        return view

    def forget_view(self, staff: str, name: str, *, roles: Collection[Role]) -> None:
        """Take one's own view away. Raises PermissionDenied, NoSuchObject."""
        _somebody(roles)
        with self._store.writing() as connection:
            audit.hold(connection)
            own = [each for each in self._own(connection, staff) if each.name == name]
            if not own:
                raise NoSuchObject(f"You have no view called {name!r}.")
            saved_views.add(connection, own[0], self._clock(), kept=False)

    @staticmethod
    def _own(connection: Connection, staff: str) -> list[SavedView]:
        return [each for each in saved_views.seen_by(connection, staff) if each.staff == staff]


def _somebody(roles: Collection[Role]) -> None:
    if not roles:
        raise PermissionDenied("Views are for who has a role. Ask an administrator.")
