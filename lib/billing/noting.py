"""Staff notes: who may read and write them. Each is counted in the audit, never its text."""

from __future__ import annotations

from collections.abc import Callable, Collection

from .domain.errors import NoCustomer
from .domain.filters import clean
from .domain.permissions import Permission, Role, require
from .domain.staff_notes import ONE_CLICK, StaffNote, checked_note
from .showing.views import Listing
from .store import audit, staff_notes, staff_requests
from .store.audit import AuditRow
from .store.engine import Store

MOST_NOTES = 200


class Noting:
    """Adds and lists notes for people who may. ``clock`` gives unix seconds."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def add(self, customer_id: str, body: str, *, staff: str, roles: Collection[Role]) -> int:
        """One note, by its number; a double click is one note.

        Raises PermissionDenied, WrongUsage for a note that is empty or too long, NoCustomer.
        """
        require(roles, Permission.NOTES)
        customer_id, text = clean(customer_id), checked_note(body)
        with self._store.writing() as connection:
            audit.hold(connection)  # the other half of a double click waits here
            if not staff_requests.known_customer(connection, customer_id):
                raise NoCustomer.named(customer_id)
            now = self._clock()
            same = staff_notes.same_since(connection, customer_id, staff, text, now - ONE_CLICK)
            if same is not None:
                return same
            number = staff_notes.add(connection, customer_id, staff, text, now)
            row = AuditRow(now, staff, "note.added", customer_id, detail=f"note {number}")
            audit.append(connection, row)
            return number

    def listed(
        self, customer_id: str, *, roles: Collection[Role], limit: int, offset: int
    ) -> Listing[StaffNote]:
        """One page of a customer's notes, the latest first. Raises PermissionDenied."""
        require(roles, Permission.NOTES)
        limit, offset, customer_id = (
            min(max(limit, 1), MOST_NOTES),
            max(offset, 0),
            clean(customer_id),
        )
        with self._store.reading() as connection:
            rows = staff_notes.of_customer(connection, customer_id, limit=limit, offset=offset)
            total = staff_notes.count(connection, customer_id)
        return Listing(tuple(rows), total, (), (), {})
