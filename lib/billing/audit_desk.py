"""The facade's part for the Audit page: its rows, and whether its chain still holds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from threading import Lock

from .domain.audit_filters import EVERYTHING, AuditFilters
from .domain.permissions import Permission, Role, require
from .showing import audit as shown
from .showing.audit_views import AuditEntry, ChainState
from .showing.views import Listing
from .store import audit
from .store.audit import AuditRow, Followed
from .store.engine import Store
from .store.queries import audit as rows
from .store.queries.reading import Reader


class AuditDesk:
    """What is remembered of the chain is of this process: nobody can write it into a table."""

    _store: Store
    _reader: Reader
    _clock: Callable[[], int]
    _followed: Followed
    _following: Lock

    rows_at_once = 20_000
    """Rows that one look at the page follows at most: a long chain is followed in several looks."""

    def audit(
        self, filters: AuditFilters = EVERYTHING, *, roles: Collection[Role]
    ) -> Listing[AuditEntry]:
        """One page of the audit, the latest first. Raises PermissionDenied."""
        require(roles, Permission.AUDIT)
        return shown.listed(self._reader, filters.cleaned())

    def audit_chain(self, *, roles: Collection[Role]) -> ChainState:
        """How far the chain holds: only what came since the last look is followed.

        Raises PermissionDenied.
        """
        require(roles, Permission.AUDIT)
        with self._following:
            return self._follow(self._followed, self.rows_at_once)

    def check_audit(self, *, staff: str, roles: Collection[Role]) -> ChainState:
        """Follow the whole chain from its first row, and keep that it was done.

        Raises PermissionDenied.
        """
        require(roles, Permission.AUDIT)
        with self._following:
            found = self._follow(Followed(), None)
        told = f"broken at row {found.broken}" if found.broken else f"{found.rows} rows hold"
        with self._store.writing() as connection:
            audit.append(connection, AuditRow(self._clock(), staff, "audit.checked", detail=told))
        return found

    def _follow(self, start: Followed, most: int | None) -> ChainState:
        with self._reader.open() as connection:
            self._followed = audit.follow(connection, start, most=most)
            total = rows.count(connection, EVERYTHING)
        found = self._followed
        return ChainState(found.upto, found.rows, total, found.hash, found.broken)
