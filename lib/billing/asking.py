"""What staff ask of the one writer, and what they mean to leave alone.

The dashboard never writes the projection: it adds a row to its own tables, and `portside serve`
carries it out. Every ask is kept in the audit, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from .domain.errors import NoSuchObject, WrongUsage
from .domain.filters import clean
from .domain.permissions import Permission, Role, require
from .domain.times import DAY
from .store import acknowledgements, audit, requests, staff_requests
from .store.audit import AuditRow
from .store.engine import Connection, Store
from .store.queries import outgoing, sync

LONGEST_REASON: Final = 300
_WHAT: Final = {
    "check": "comparison",
    "repair": "repair",
    "retry": "retry",
    "ignore": "ignoring",
    "resend": "sending again",
}


class Asking:
    """Adds requests and acknowledgements for people who may. ``clock`` gives unix seconds."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    def ask(
        self,
        action: str,
        subject: str,
        *,
        staff: str,
        roles: Collection[Role],
        reason: str | None,
    ) -> int:
        """One request, by its number; the same one again while it waits.

        Raises:
            PermissionDenied: the roles do not allow repairs.
            WrongUsage: a reason is missing where one is needed, or too long.
            NoSuchObject: the customer or the failed event is not there.
        """
        require(roles, Permission.REPAIR)
        subject, why = clean(subject), _checked(reason, needed=action == "ignore")
        with self._store.writing() as connection:
            audit.hold(connection)  # the other half of a double click waits here
            _there(connection, action, subject)
            waiting = staff_requests.already_waiting(connection, action, subject)
            if waiting is not None:
                return waiting
            now = self._clock()
            number = requests.add(connection, staff, action, subject, why, now)
            self._keep(connection, now, staff, action, subject, why)
            return number

    def acknowledge(
        self, subject: str, *, staff: str, roles: Collection[Role], reason: str, days: int
    ) -> None:
        """Leave the open finding called ``subject`` alone for ``days`` days.

        Raises PermissionDenied, NotFound, and WrongUsage for a missing reason or a time that is
        too short or too long.
        """
        require(roles, Permission.REPAIR)
        with self._store.writing() as connection:
            audit.hold(connection)
            now = self._clock()
            kept = acknowledgements.acknowledge(
                connection, subject, staff=staff, reason=reason, at=now, expires_at=now + days * DAY
            )
            row = AuditRow(
                at=now,
                staff=staff,
                action="finding.acknowledged",
                reason=kept.reason,
                detail=f"{subject}, for {days} days",
            )
            audit.append(connection, row)

    @staticmethod
    def _keep(
        connection: Connection, now: int, staff: str, action: str, subject: str, why: str | None
    ) -> None:
        about_customer = action in ("check", "repair") and subject
        row = AuditRow(
            at=now,
            staff=staff,
            action=f"{action}.requested",
            customer_id=subject if about_customer else None,
            reason=why,
            detail=f"{_WHAT[action]} of {subject or 'everything'}",
        )
        audit.append(connection, row)


def _there(connection: Connection, action: str, subject: str) -> None:
    """Whether there is such a customer or such a failed event; "" is everyone."""
    if not subject:
        if action == "ignore":
            raise WrongUsage("Ignore one event at a time: name it.")
        return
    if action == "resend":
        _given_up(connection, subject)
    elif action in ("retry", "ignore"):
        if sync.failed_event(connection, subject) is None:
            raise NoSuchObject(f"{subject} is not among the failed events any more.")
    elif not staff_requests.known_customer(connection, subject):
        raise NoSuchObject(f"No customer has the id {subject!r}. Take it from the list.")


def _given_up(connection: Connection, subject: str) -> None:
    event_id, _, endpoint = subject.partition("@")
    if event_id:
        dead = outgoing.deliveries_of(connection, event_id).get(endpoint) == "dead"
    else:
        dead = outgoing.dead_at(connection, endpoint)
    if not dead:
        raise NoSuchObject(f"{subject} is not among the dead letters any more.")


def _checked(reason: str | None, *, needed: bool) -> str | None:
    why = (reason or "").strip()
    if needed and not why:
        raise WrongUsage("Say why, in a few words.")
    if len(why) > LONGEST_REASON:
        raise WrongUsage(f"Say it in at most {LONGEST_REASON} characters.")
    return why or None
