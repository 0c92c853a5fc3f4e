"""Keeps what was found to differ: opened once, seen again, resolved; never forgotten."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import Connection, insert, select, text, update

from ..domain.causes import continues
from ..domain.drift import Difference
from ..domain.findings import Finding, Resolution, finding_of
from .spelling import spell
from .tables import findings as f
from .tables import reconciliations as r

_NAMES: Final = tuple(column.name for column in f.columns)
_LOCK: Final = 7_067_168_385
"""PostgreSQL advisory lock of the list: two comparisons at once would open one subject twice."""

AT_ONCE: Final = 500


def record(connection: Connection, found: Iterable[Difference], *, now: int) -> int:
    """Open these findings, or see them again; gives how many are new. Subjects must differ."""
    differences = {difference.subject: difference for difference in found}
    _hold(connection)
    known = _open_by_subject(connection, sorted(differences))
    fresh = []
    for subject, difference in sorted(differences.items()):
        values = _values(difference)
        stored = known.get(subject)
        if stored is not None and not continues(stored.cause, difference.cause):
            resolve(connection, [stored.finding_id], "gone", now=now)
            stored = None
        if stored is None:
            fresh.append(values | {"first_seen_at": now, "last_seen_at": now, "times": 1})
            continue
        seen = {"last_seen_at": now, "times": stored.times + 1}
        which = f.c.finding_id == stored.finding_id
        connection.execute(update(f).where(which).values(values | seen))
    if fresh:
        connection.execute(insert(f), fresh)
    return len(fresh)


def resolve(
    connection: Connection, finding_ids: Iterable[int], resolution: Resolution, *, now: int
) -> int:
    """Close findings; gives how many were open."""
    closed = 0
    for finding_id in sorted(finding_ids):
        which = update(f).where(f.c.finding_id == finding_id, f.c.resolved_at.is_(None))
        result = connection.execute(which.values(resolved_at=now, resolution=resolution))
        closed += result.rowcount
    return closed


def settle(
    connection: Connection,
    still: Collection[str],
    *,
    now: int,
    scopes: Collection[str],
    customer_id: str | None = None,
    resolution: Resolution = "gone",
) -> int:
    """Close what was open and is no longer so; gives how many.

    ``still``: subjects that were found this time. ``scopes``: first words of the subjects that
    were looked for; ``customer_id`` of whom, None for everyone.
    """
    query = select(f.c.finding_id, f.c.subject).where(f.c.resolved_at.is_(None))
    if customer_id is not None:
        query = query.where(f.c.customer_id == customer_id)
    gone = [
        row.finding_id
        for row in connection.execute(query)
        if row.subject not in still and row.subject.split(" ", 1)[0] in scopes
    ]
    return resolve(connection, gone, resolution, now=now)


def open_after(
    connection: Connection, after: int, limit: int, *, customer_id: str | None = None
) -> list[Finding]:
    """The next open findings, by id, whether left alone or not."""
    query = select(f).where(f.c.resolved_at.is_(None), f.c.finding_id > after)
    if customer_id is not None:
        query = query.where(f.c.customer_id == customer_id)
    rows = connection.execute(query.order_by(f.c.finding_id).limit(limit)).mappings()
    return [finding_of({name: row[name] for name in _NAMES}, None) for row in rows]


def begin_run(connection: Connection, *, at: int, applied: bool, scope: str) -> int:
    """Note that a comparison began; gives its id."""
    counts = dict.fromkeys(("customers", "requests", "findings", "repaired"), 0)
    row: dict[str, Any] = {"started_at": at, "applied": applied, "scope": scope, **counts}
    return int(connection.execute(insert(r).values(row).returning(r.c.run_id)).scalar_one())


def end_run(
    connection: Connection,
    run_id: int,
    *,
    at: int,
    problem: str | None,
    left_out: Iterable[str],
    **counts: int,
) -> None:
    """Note how it ended. ``counts``: customers, requests, findings, repaired."""
    lacking = ", ".join(sorted(left_out)) or None
    row = {"ended_at": at, "problem": problem, "left_out": lacking, **counts}
    connection.execute(update(r).where(r.c.run_id == run_id).values(row))


def _hold(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _open_by_subject(connection: Connection, subjects: list[str]) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for start in range(0, len(subjects), AT_ONCE):
        part = subjects[start : start + AT_ONCE]
        query = select(f).where(f.c.resolved_at.is_(None), f.c.subject.in_(part))
        for row in connection.execute(query).mappings():
            found[row["subject"]] = finding_of({name: row[name] for name in _NAMES}, None)
    return found


def _values(difference: Difference) -> dict[str, Any]:
    return {
        "subject": difference.subject,
        "kind": difference.kind,
        "customer_id": difference.customer_id,
        "object_type": difference.object_type,
        "object_id": difference.object_id,
        "field": difference.field,
        "projected": None if difference.projected is None else spell(dict(difference.projected)),
        "stripe": None if difference.stripe is None else spell(dict(difference.stripe)),
        "cause": difference.cause,
        "event_id": difference.event_id,
        "lost_after": difference.lost_after,
    }
