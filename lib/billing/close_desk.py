"""The facade's part for the Month close page: months, restatements, and asking for a close.

The dashboard closes nothing itself: it asks, and `portside serve` carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from .closing import checklist
from .domain.close import bounds, checked_reason
from .domain.close_rules import refuse_open, refuse_order
from .domain.filters import MAX_PAGE, clean
from .domain.permissions import Permission, Role, require
from .settings.setup import Setup
from .showing import closes as shown
from .showing.close_views import (
    ClosedMonthView,
    CloseOverview,
    OpenPoint,
    RestatementItem,
    SealState,
)
from .showing.views import Listing
from .store import audit, closes, requests, staff_requests
from .store.audit import AuditRow
from .store.engine import Connection, Store
from .store.queries.reading import Reader


class CloseDesk:
    """Reads closed months; adds requests for `portside serve` to carry out."""

    _store: Store
    _reader: Reader
    _clock: Callable[[], int]
    _setup: Setup

    def closes(self) -> CloseOverview:
        """Every month, which of them may be closed now, and what is open before that."""
        return shown.overview(self._reader, self._setup, self._clock())

    def last_seal(self) -> str:
        """The seal of the month that was closed last: another one after each close."""
        with self._reader.open() as connection:
            return closes.last_seal(connection)

    def open_points(self, month: str) -> tuple[OpenPoint, ...]:
        """What is looked at before ``month`` is closed. Raises WrongUsage."""
        return shown.points(self._reader, self._setup, clean(month), self._clock())

    def closed_month(self, month: str) -> ClosedMonthView:
        """One closed month as it was frozen, beside today. Raises NoSuchObject."""
        return shown.month(self._reader, self._setup, clean(month))

    def restatements(
        self, month: str, *, currency: str | None = None, limit: int = 25, offset: int = 0
    ) -> Listing[RestatementItem]:
        """One page of what of a closed month is another sum today, by customer, with its cause."""
        limit, offset = min(max(limit, 1), MAX_PAGE), max(offset, 0)
        return shown.restated_sums(self._reader, self._setup, clean(month), currency, limit, offset)

    def check_closes(self, *, staff: str, roles: Collection[Role]) -> SealState:
        """Follow every seal and every sealed movement, and keep in the audit that it was done.

        Raises PermissionDenied.
        """
        require(roles, Permission.MONEY)
        with self._reader.open() as connection:
            found = shown.seals(connection, rows=True)
        told = found.broken or f"{found.months} months hold"
        with self._store.writing() as connection:
            audit.append(connection, AuditRow(self._clock(), staff, "close.checked", detail=told))
        return found

    def request_close(
        self, month: str, *, staff: str, roles: Collection[Role], reason: str = ""
    ) -> int:
        """Ask to close ``month``; the request's number, the same one while it waits.

        ``reason``: why, although something is open that could change it.

        Raises PermissionDenied, WrongUsage, CloseRefused.
        """
        require(roles, Permission.CLOSE)
        month, why = clean(month), checked_reason(clean(reason))
        with self._store.writing() as connection:
            audit.hold(connection)  # the other half of a double click waits here
            waiting = staff_requests.already_waiting(connection, "close", month)
            if waiting is not None:
                return waiting
            self._check(connection, month, anyway=why is not None)
            now = self._clock()
            number = requests.add(connection, staff, "close", month, why, now)
            row = AuditRow(now, staff, "close.requested", reason=why, detail=f"close of {month}")
            audit.append(connection, row)
            return number

    def _check(self, connection: Connection, month: str, *, anyway: bool) -> None:
        setup, now = self._setup, self._clock()
        _, ends = bounds(month, setup.timezone)
        refuse_order(
            month,
            ends=ends,
            now=now,
            timezone=setup.timezone,
            last=closes.last(connection, setup.policy),
            earliest=None,
            first=True,
        )
        points = checklist.open_points(connection, setup, ends, now)
        refuse_open(month, points, anyway=anyway)
