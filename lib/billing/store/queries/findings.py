"""What differs from Stripe: open findings, how many by cause, and the history of one subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, func, or_, select

from ...domain.findings import (
    Acknowledgement,
    CauseCount,
    Finding,
    FindingFilters,
    Reconciliation,
    finding_of,
)
from ..tables import acknowledgements as a
from ..tables import customers as c
from ..tables import findings as f
from ..tables import reconciliations as r
from .columns import among, any_contains, by_bytes

_ACKNOWLEDGED = (
    a.c.staff.label("ack_staff"),
    a.c.reason.label("ack_reason"),
    a.c.at.label("ack_at"),
    a.c.expires_at.label("ack_expires_at"),
)
EVERYTHING = FindingFilters()
_NAMES = tuple(column.name for column in f.columns)


def open_findings(connection: Connection, filters: FindingFilters, now: int) -> list[Finding]:
    """One page of the board."""
    query = _sorted(_narrowed(_open(now), filters), filters)
    limit, offset = filters.page
    return [_finding(row) for row in _rows(connection, query.limit(limit).offset(offset))]


def every_open(
    connection: Connection, now: int, filters: FindingFilters = EVERYTHING
) -> Iterator[Finding]:
    """The whole filtered board as it was at ``now``, oldest first, for a report."""
    then = or_(f.c.resolved_at.is_(None), f.c.resolved_at > now)
    query = (
        _narrowed(_select(now), filters)
        .where(f.c.first_seen_at <= now, then)
        .order_by(f.c.first_seen_at, by_bytes(f.c.subject), f.c.finding_id)
    )
    for row in connection.execute(query.execution_options(yield_per=2_000)).mappings():
        yield _finding(row)


def count_open(connection: Connection, filters: FindingFilters, now: int) -> int:
    """How many findings the filters leave, before paging."""
    query = _narrowed(_open(now), filters).subquery()
    return int(connection.execute(select(func.count()).select_from(query)).scalar_one())


def by_cause(
    connection: Connection, now: int, *, customer_id: str | None = None
) -> list[CauseCount]:
    """Open findings by cause and kind, the most first; of one customer where one is named."""
    left_alone = case((a.c.acknowledgement_id.is_(None), 0), else_=1)
    query = (
        select(
            f.c.cause,
            f.c.kind,
            func.count().label("open"),
            func.sum(left_alone).label("acknowledged"),
            func.min(f.c.first_seen_at).label("oldest"),
        )
        .select_from(_joined(now))
        .where(f.c.resolved_at.is_(None))
        .group_by(f.c.cause, f.c.kind)
    )
    if customer_id is not None:
        query = query.where(f.c.customer_id == customer_id)
    counted = [
        CauseCount(row.cause, row.kind, int(row.open), int(row.acknowledged), int(row.oldest))
        for row in connection.execute(query)
    ]
    return sorted(counted, key=lambda count: (-count.open, count.cause, count.kind))


def history(connection: Connection, subject: str, now: int) -> list[Finding]:
    """Every time this subject was found, the newest first; resolved ones among them."""
    query = _select(now).where(f.c.subject == subject).order_by(f.c.finding_id.desc())
    return [_finding(row) for row in _rows(connection, query)]


def acknowledgements_of(connection: Connection, subject: str) -> list[Acknowledgement]:
    """Who left this subject alone and why, the newest first, expired ones among them."""
    query = (
        select(a.c.staff, a.c.reason, a.c.at, a.c.expires_at)
        .where(a.c.subject == subject)
        .order_by(a.c.acknowledgement_id.desc())
    )
    return [Acknowledgement(*row) for row in connection.execute(query)]


def of_customer(connection: Connection, customer_id: str, now: int) -> list[Finding]:
    """Open findings of one customer, oldest first."""
    query = _open(now).where(f.c.customer_id == customer_id)
    return [_finding(row) for row in _rows(connection, query.order_by(f.c.finding_id))]


def one(connection: Connection, finding_id: int, now: int) -> Finding | None:
    """A finding, open or resolved."""
    rows = _rows(connection, _select(now).where(f.c.finding_id == finding_id))
    return _finding(rows[0]) if rows else None


def nearest_loss(connection: Connection, now: int) -> int | None:
    """When Stripe's event list forgets the first event of the open gaps; None without any.

    Those left alone do not count.
    """
    query = (
        select(func.min(f.c.lost_after))
        .select_from(_joined(now))
        .where(f.c.resolved_at.is_(None), f.c.kind == "gap", a.c.acknowledgement_id.is_(None))
    )
    nearest: int | None = connection.execute(query).scalar_one()
    return nearest


def recent_runs(connection: Connection, limit: int = 10) -> list[Reconciliation]:
    """The latest comparisons with Stripe, the newest first."""
    query = select(r).order_by(r.c.run_id.desc()).limit(limit)
    return [Reconciliation(**row) for row in connection.execute(query).mappings()]


def _joined(now: int) -> Any:
    """Findings beside the acknowledgement in force.

    An acknowledgement is of the finding that was open when it was given: one that is found anew
    after its repair shows again.
    """
    given = a.alias("given")
    newest = (
        select(func.max(given.c.acknowledgement_id))
        .where(
            given.c.subject == f.c.subject,
            given.c.at >= f.c.first_seen_at,
            given.c.expires_at > now,
        )
        .scalar_subquery()
    )
    return f.outerjoin(a, a.c.acknowledgement_id == newest)


def _select(now: int) -> Select[Any]:
    return select(*f.columns, *_ACKNOWLEDGED).select_from(_joined(now))


def _open(now: int) -> Select[Any]:
    return _select(now).where(f.c.resolved_at.is_(None))


def _narrowed(query: Select[Any], filters: FindingFilters) -> Select[Any]:
    if filters.text:
        known = select(c.c.customer_id).where(any_contains((c.c.email, c.c.name), filters.text))
        parts = (f.c.customer_id, f.c.object_id, f.c.event_id)
        query = query.where(any_contains(parts, filters.text) | f.c.customer_id.in_(known))
    query = among(query, (f.c.cause, filters.causes), (f.c.kind, filters.kinds))
    if filters.customer_id is not None:
        query = query.where(f.c.customer_id == filters.customer_id)
    if filters.acknowledged is not None:
        there = a.c.acknowledgement_id.is_not(None)
        query = query.where(there if filters.acknowledged else ~there)
    return query


def _sorted(query: Select[Any], filters: FindingFilters) -> Select[Any]:
    columns: dict[str, ColumnElement[Any]] = {
        "first_seen_at": f.c.first_seen_at,
        "last_seen_at": f.c.last_seen_at,
        "times": f.c.times,
        "cause": by_bytes(f.c.cause),
        "customer": by_bytes(f.c.customer_id),
        "lost_after": f.c.lost_after,
    }
    chosen = columns.get(filters.sort)
    if chosen is None:
        left_alone = case((a.c.acknowledgement_id.is_(None), 0), else_=1)
        return query.order_by(left_alone, f.c.first_seen_at, f.c.finding_id)
    direction = chosen.desc() if filters.descending else chosen.asc()
    return query.order_by(direction.nulls_last(), f.c.finding_id)


def _rows(connection: Connection, query: Select[Any]) -> list[RowMapping]:
    return list(connection.execute(query).mappings())


def _finding(row: RowMapping) -> Finding:
    left = None
    if row["ack_at"] is not None:
        left = Acknowledgement(
            row["ack_staff"], row["ack_reason"], row["ack_at"], row["ack_expires_at"]
        )
    return finding_of({name: row[name] for name in _NAMES}, left)
