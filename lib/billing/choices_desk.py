"""The facade's part for what is remembered of one person: language, tour, the last visit."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .domain.errors import PermissionDenied
from .domain.permissions import Role
from .domain.staff_choices import checked_choice
from .store import staff_choices
from .store.engine import Store


class ChoicesDesk:
    """Keeps small answers for the person who gave them; nobody else is shown them."""

    _store: Store
    _clock: Callable[[], int]

    def staff_choices(self, staff: str, *, roles: Collection[Role]) -> dict[str, str]:
        """Name → value of what ``staff`` has chosen; nothing for who has no role."""
        if not roles:
            return {}
        with self._store.reading() as connection:
            return staff_choices.of(connection, staff)

    def choose(self, staff: str, name: str, value: str, *, roles: Collection[Role]) -> None:
        """Remember ``value``; what is so already is not written again.

        Raises PermissionDenied without any role, WrongUsage.
        """
        if not roles:
            raise PermissionDenied("Choices are for who has a role. Ask an administrator.")
        value = checked_choice(name, value)
        with self._store.writing() as connection:
            if staff_choices.of(connection, staff).get(name) != value:
                staff_choices.add(connection, staff, name, value, self._clock())
