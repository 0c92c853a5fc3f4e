"""The facade's part for outgoing events: how endpoints take them, and sending again."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .asking import Asking
from .domain.permissions import Role
from .settings.setup import Setup
from .showing import outgoing
from .showing.outgoing_views import DeadLetter, EndpointState
from .showing.views import Listing
from .store.engine import Store
from .store.queries.reading import Reader


class OutgoingDesk:
    """Reads deliveries; asks `portside serve` to send again."""

    _store: Store
    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def endpoints(self) -> list[EndpointState]:
        """How each endpoint of the product takes events; nothing where none was ever configured."""
        return outgoing.endpoints(self._reader, self._setup, self._clock())

    def dead_letters(self, *, limit: int = 25, offset: int = 0) -> Listing[DeadLetter]:
        """One page of what was given up, the latest first; bars and choices are empty."""
        return outgoing.dead_letters(self._reader, limit, offset)

    def request_resend(
        self, subject: str, *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        """Ask to send dead letters again: ``"EVENT@ENDPOINT"``, or ``"@ENDPOINT"`` for all of it.

        Gives the request's number. Raises PermissionDenied, NoSuchObject, WrongUsage.
        """
        asking = Asking(self._store, self._clock)
        return asking.ask("resend", subject, staff=staff, roles=roles, reason=reason)
