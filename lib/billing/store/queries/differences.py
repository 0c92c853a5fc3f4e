"""Where Stripe and the projection differ: what was found, and who looked at it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, select

from ..tables import acknowledgements, customers, findings

_OPEN: Final = findings.c.resolved_at.is_(None)


def counts(connection: Connection, now: int) -> dict[str, dict[str, int | None]]:
    """Of drift and of gaps: how many are ``open``, how many of those are ``acknowledged``, and
    when Stripe's event list forgets the ``nearest``."""
    known = _newest(now)
    query = (
        select(
            findings.c.kind,
            func.count(),
            func.count(known.c.acknowledgement_id),
            func.min(findings.c.lost_after),
        )
        .select_from(findings.outerjoin(known, known.c.subject == findings.c.subject))
        .where(_OPEN)
        .group_by(findings.c.kind)
    )
    found: dict[str, dict[str, int | None]] = {
        kind: {"open": 0, "acknowledged": 0, "nearest": None} for kind in ("drift", "gap")
    }
    for kind, total, acknowledged, nearest in connection.execute(query):
        found[kind] = {"open": int(total), "acknowledged": int(acknowledged), "nearest": nearest}
    return found


def open_findings(
    connection: Connection, kind: str, now: int, limit: int, offset: int
) -> list[RowMapping]:
    """One page: what nobody has acknowledged first; gaps by what is lost first, drift by age."""
    known = _newest(now)
    first = findings.c.lost_after if kind == "gap" else findings.c.first_seen_at
    query = (
        _described(known)
        .where(_OPEN, findings.c.kind == kind)
        .order_by(
            known.c.acknowledgement_id.is_not(None),
            first.asc().nulls_last(),
            findings.c.finding_id,
        )
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(query).mappings())


def finding(connection: Connection, finding_id: int, now: int) -> RowMapping | None:
    """One finding, open or not."""
    query = _described(_newest(now)).where(findings.c.finding_id == finding_id)
    return connection.execute(query).mappings().one_or_none()


def open_subject(connection: Connection, subject: str) -> RowMapping | None:
    """The open finding of that name; None when there is none (any more)."""
    query = select(findings).where(_OPEN, findings.c.subject == subject)
    return connection.execute(query).mappings().one_or_none()


def seen_before(connection: Connection, subject: str, limit: int) -> list[RowMapping]:
    """Every time that the same difference was found, the latest first."""
    query = (
        select(findings)
        .where(findings.c.subject == subject)
        .order_by(findings.c.finding_id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).mappings())


def acknowledged(connection: Connection, subject: str, limit: int) -> list[RowMapping]:
    """Who acknowledged it and why, the latest first."""
    query = (
        select(acknowledgements)
        .where(acknowledgements.c.subject == subject)
        .order_by(acknowledgements.c.acknowledgement_id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).mappings())


def _newest(now: int) -> Any:
    """The newest acknowledgement of each subject, as far as it still holds."""
    a = acknowledgements.c
    newest = select(func.max(a.acknowledgement_id)).group_by(a.subject)
    return (
        select(acknowledgements)
        .where(a.acknowledgement_id.in_(newest), a.expires_at > now)
        .subquery("known")
    )


def _described(known: Any) -> Select[Any]:
    return select(
        findings,
        customers.c.name,
        customers.c.email,
        known.c.staff.label("acknowledged_by"),
        known.c.reason.label("acknowledged_for"),
        known.c.at.label("acknowledged_at"),
        known.c.expires_at.label("acknowledged_until"),
    ).select_from(
        findings.outerjoin(known, known.c.subject == findings.c.subject).outerjoin(
            customers, customers.c.customer_id == findings.c.customer_id
        )
    )
