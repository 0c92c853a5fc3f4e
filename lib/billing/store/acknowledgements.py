"""Leaving a finding alone for a while: one of the dashboard's own tables."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from ..domain.errors import NotFound
from ..domain.findings import Acknowledgement, checked_acknowledgement
from .tables import acknowledgements, findings


def acknowledge(
    connection: Connection, subject: str, *, staff: str, reason: str, at: int, expires_at: int
) -> Acknowledgement:
    """Leave the open finding called ``subject`` alone until ``expires_at``, 90 days at most.

    Raises WrongUsage for an empty reason or an unusable end, NotFound (``no_finding``) when no
    finding of that name is open.
    """
    left = checked_acknowledgement(staff, reason, at=at, expires_at=expires_at)
    query = select(findings.c.finding_id).where(
        findings.c.subject == subject, findings.c.resolved_at.is_(None)
    )
    if connection.execute(query).first() is None:
        raise NotFound("This finding is no longer open: load the board again.", code="no_finding")
    connection.execute(
        insert(acknowledgements).values(
            subject=subject,
            staff=left.staff,
            reason=left.reason,
            at=left.at,
            expires_at=left.expires_at,
        )
    )
    return left
