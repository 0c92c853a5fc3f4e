"""What staff ask of the one writer. The dashboard may add rows and read them, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, insert, select, update

from ..domain.errors import WrongUsage
from .tables import requests

ACTIONS: Final = ("check", "repair", "retry", "ignore", "close", "resend")
LONGEST: Final = 500
"""Characters of a reason."""

State = Literal["done", "failed"]


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """``subject``: a customer for check and repair, an event for retry and ignore, "" is all of
    them; a month for close; ``EVENT@ENDPOINT`` or ``@ENDPOINT`` for resend."""

    request_id: int
    at: int
    staff: str
    action: str
    subject: str
    reason: str | None


def add(
    connection: Connection, staff: str, action: str, subject: str, reason: str | None, at: int
) -> int:
    """Ask for ``action``; gives the request's id. Raises WrongUsage for what makes no sense."""
    subject = subject.strip()
    reason = (reason or "").strip() or None
    if action not in ACTIONS:
        raise WrongUsage(f"There is no request {action!r}. Requests: {', '.join(ACTIONS)}.")
    if not staff.strip():
        raise WrongUsage("A request says who asks.")
    if action == "ignore" and not (subject and reason):
        raise WrongUsage("Ignoring an event needs the event and a reason.")
    if action == "close" and not subject:
        raise WrongUsage("A close needs its month.")
    if action == "resend" and "@" not in subject:
        raise WrongUsage("Sending again needs EVENT@ENDPOINT, or @ENDPOINT.")
    if reason is not None and len(reason) > LONGEST:
        raise WrongUsage(f"A reason may have {LONGEST} characters at most.")
    row = {
        "at": at,
        "staff": staff.strip(),
        "action": action,
        "subject": subject,
        "reason": reason,
        "state": "waiting",
    }
    made = connection.execute(insert(requests).values(row).returning(requests.c.request_id))
    return int(made.scalar_one())


def waiting(connection: Connection) -> list[StaffRequest]:
    """What is still to be done, in the order in which it was asked."""
    r = requests.c
    query = (
        select(r.request_id, r.at, r.staff, r.action, r.subject, r.reason)
        .where(r.state == "waiting")
        .order_by(r.request_id)
    )
    return [StaffRequest(*row) for row in connection.execute(query)]


def finish(connection: Connection, request_id: int, state: State, outcome: str, at: int) -> bool:
    """Say what came of it, in one sentence; False when that was said before."""
    r = requests.c
    done = connection.execute(
        update(requests)
        .where(r.request_id == request_id, r.state == "waiting")
        .values(state=state, outcome=outcome, done_at=at)
    )
    return done.rowcount == 1
