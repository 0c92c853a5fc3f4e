"""The facade's part for the Sync page: what it shows, and what staff may ask for there."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .asking import Asking
from .domain.findings import FindingFilters
from .domain.permissions import Role
from .settings.setup import Setup
from .showing import sync
from .showing.sync_views import (
    Deliveries,
    FailedEvent,
    FindingItem,
    FindingView,
    StaffRequest,
    SyncHealth,
)
from .showing.views import Listing
from .store.engine import Store
from .store.queries.reading import Reader


class SyncDesk:
    """Reads how well the projection keeps up; adds requests for `portside serve` to carry out."""

    _store: Store
    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def health(self) -> SyncHealth:
        """Failures, differences and the last comparison with Stripe."""
        return sync.health(self._reader, self._setup, self._clock())

    def deliveries(self) -> Deliveries:
        """How long webhooks were under way, and what became of them day by day."""
        return sync.deliveries(self._reader, self._clock())

    def failed_events(self, *, limit: int = 25, offset: int = 0) -> Listing[FailedEvent]:
        """One page of the events kept as failed, the latest received first."""
        return sync.failed_events(self._reader, limit, offset)

    def findings(self, filters: FindingFilters) -> Listing[FindingItem]:
        """One page of the open differences and gaps; bars and choices are empty."""
        return sync.board(self._reader, self._clock(), filters.cleaned())

    def finding(self, finding_id: int) -> FindingView:
        """One difference with its history, open or resolved. Raises NoSuchObject."""
        return sync.finding(self._reader, self._clock(), finding_id)

    def requests(self) -> list[StaffRequest]:
        """What staff asked for lately and what came of it, the latest first."""
        return sync.requests(self._reader)

    def request_about(self, subject: str, *, actions: tuple[str, ...] = ()) -> StaffRequest | None:
        """The latest request about one event or customer; "" is everyone.

        With ``actions`` (check · repair · retry · ignore) only one of those.
        """
        return sync.request_about(self._reader, subject, actions)

    def request_check(
        self, customer_id: str = "", *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        """Ask to compare a customer ("" is everyone) with Stripe again; the request's number.

        Raises PermissionDenied, NoSuchObject, WrongUsage.
        """
        return self._asking.ask("check", customer_id, staff=staff, roles=roles, reason=reason)

    def request_repair(
        self, customer_id: str = "", *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        """Ask to read a customer ("" is everyone) from Stripe again through the one writer.

        Raises PermissionDenied, NoSuchObject, WrongUsage.
        """
        return self._asking.ask("repair", customer_id, staff=staff, roles=roles, reason=reason)

    def request_retry(
        self, event_id: str = "", *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        """Ask to apply a failed event ("" is all of them) now.

        Raises PermissionDenied, NoSuchObject, WrongUsage.
        """
        return self._asking.ask("retry", event_id, staff=staff, roles=roles, reason=reason)

    def request_ignore(
        self, event_id: str, *, staff: str, roles: Collection[Role], reason: str
    ) -> int:
        """Ask to leave a failed event alone for good. A reason is needed.

        Raises PermissionDenied, NoSuchObject, WrongUsage.
        """
        return self._asking.ask("ignore", event_id, staff=staff, roles=roles, reason=reason)

    def acknowledge(
        self, subject: str, *, staff: str, roles: Collection[Role], reason: str, days: int
    ) -> None:
        """Leave a difference alone for a while.

        Raises PermissionDenied, NoSuchObject, WrongUsage.
        """
        self._asking.acknowledge(subject, staff=staff, roles=roles, reason=reason, days=days)

    @property
    def _asking(self) -> Asking:
        return Asking(self._store, self._clock)
