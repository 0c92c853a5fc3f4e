"""The audit: who did what for whom and why, append-only, each row sealed by a hash over the last.

A row that is changed, removed or slipped in breaks the chain from there on; :func:`first_broken`
finds the place. Addresses of sessions are never handed to this module.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import Final

from sqlalchemy import Connection, insert, select, text

from ..domain.observations import canonical
from .tables import audit

GENESIS: Final = "0" * 64
"""What the first row's ``previous_hash`` is."""

_LOCK: Final = 7_265_641
"""PostgreSQL advisory lock of the chain's end: it needs no right on the table, unlike LOCK."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act. ``at`` is unix seconds; ``link_id`` joins the rows of one minting."""

    at: int
    staff: str
    action: str  # link.requested · link.minted · link.refused · link.failed · export · …
    customer_id: str | None = None
    link_id: str | None = None
    click_id: str | None = None
    flow: str | None = None
    reason: str | None = None
    ticket: str | None = None
    subscription_id: str | None = None
    invoice_id: str | None = None
    plan: str | None = None
    session_id: str | None = None
    code: str | None = None
    detail: str | None = None


_NAMES: Final = tuple(field.name for field in fields(AuditRow))


def append(connection: Connection, row: AuditRow) -> None:
    """Add ``row`` at the end of the chain, inside the caller's write transaction."""
    hold(connection)
    previous = last_hash(connection)
    sealed = asdict(row) | {"previous_hash": previous, "hash": seal(previous, row)}
    connection.execute(insert(audit).values(sealed))


def hold(connection: Connection) -> None:
    """Keep other writers of the audit out until this transaction ends.

    What is read after it (a count, whether a link was minted) still holds when a row is appended.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def last_hash(connection: Connection) -> str:
    query = select(audit.c.hash).order_by(audit.c.audit_id.desc()).limit(1)
    return connection.execute(query).scalar() or GENESIS


def last_of(connection: Connection, action: str) -> str:
    """The hash of the newest row of ``action``; GENESIS when there is none."""
    query = select(audit.c.hash).where(audit.c.action == action)
    query = query.order_by(audit.c.audit_id.desc()).limit(1)
    return connection.execute(query).scalar() or GENESIS


def seal(previous: str, row: AuditRow) -> str:
    """The hash of ``row`` in a chain that so far ended in ``previous``."""
    return hashlib.sha256((previous + canonical(asdict(row))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Followed:
    """How far the chain was followed from its beginning, and whether it held.

    ``upto`` is the last row that continues it, sealed by ``hash``; ``broken`` the first that does
    not, where the following ended.
    """

    upto: int = 0
    rows: int = 0
    hash: str = GENESIS
    broken: int | None = None


def follow(
    connection: Connection, start: Followed = Followed(), *, most: int | None = None
) -> Followed:
    """Go on from ``start``, by at most ``most`` rows. A chain that was broken stays broken."""
    if start.broken is not None or _loosened(connection, start):
        return replace(start, broken=start.broken or start.upto)
    columns = [audit.c[name] for name in _NAMES]
    query = select(audit.c.audit_id, audit.c.previous_hash, audit.c.hash, *columns)
    query = query.where(audit.c.audit_id > start.upto).order_by(audit.c.audit_id).limit(most)
    query = query.execution_options(yield_per=2_000)  # the whole audit is never held at once
    upto, rows, expected = start.upto, start.rows, start.hash
    for audit_id, previous, known, *values in connection.execute(query):
        if previous != expected or known != seal(previous, AuditRow(*values)):
            return Followed(upto, rows, expected, broken=int(audit_id))
        upto, rows, expected = int(audit_id), rows + 1, known
    return Followed(upto, rows, expected)


def _loosened(connection: Connection, start: Followed) -> bool:
    """Whether the row that the following had come to is gone, or no longer says what it said."""
    if not start.rows:
        return False
    query = select(audit.c.hash).where(audit.c.audit_id == start.upto)
    return connection.execute(query).scalar() != start.hash


def first_broken(connection: Connection) -> int | None:
    """The ``audit_id`` of the first row that does not continue the chain; None when all do."""
    return follow(connection).broken


def of_link(connection: Connection, link_id: str) -> list[AuditRow]:
    """The rows of one minting, oldest first."""
    columns = [audit.c[name] for name in _NAMES]
    query = select(*columns).where(audit.c.link_id == link_id).order_by(audit.c.audit_id)
    return [AuditRow(*values) for values in connection.execute(query)]


def has_click(connection: Connection, action: str, click_id: str) -> bool:
    """Whether this very click, or sign-in, left a row of ``action``."""
    query = select(audit.c.audit_id).where(audit.c.click_id == click_id, audit.c.action == action)
    return connection.execute(query.limit(1)).first() is not None


def times_of(connection: Connection, staff: str, action: str, since: int) -> list[int]:
    """When ``staff`` did ``action`` after the second ``since``, oldest first."""
    a = audit.c
    query = select(a.at).where(a.staff == staff, a.action == action, a.at > since).order_by(a.at)
    return [int(at) for at in connection.execute(query).scalars()]


def of_flow(
    connection: Connection, customer_id: str | None, flow: str, since: int
) -> list[AuditRow]:
    """What was asked of ``flow`` for a customer after the second ``since``, oldest first. None:
    for those who are no customer yet."""
    a = audit.c
    columns = [a[name] for name in _NAMES]
    query = select(*columns).where(a.customer_id == customer_id, a.flow == flow, a.at > since)
    return [AuditRow(*values) for values in connection.execute(query.order_by(a.audit_id))]
