"""The Sync page: how well the projection keeps up with Stripe, and where it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..domain.causes import cause_sentence
from ..domain.errors import NoSuchObject
from ..domain.times import DAY
from ..store.queries import differences, sync
from ..store.queries.reading import Connection, Reader
from .differing import compared
from .sync_views import (
    Acknowledgement,
    Deliveries,
    DeliveryDay,
    FailedEvent,
    Finding,
    FindingView,
    HappenedToFinding,
    Lag,
    ReconcileRun,
    StaffRequest,
    SyncHealth,
)
from .views import Listing

Record = Mapping[Any, Any]

LATE: Final = 3_600
"""Seconds after which a webhook is late: Stripe sends a first one within seconds."""
DAYS: Final = 14
MOST_REQUESTS: Final = 50
MOST_HISTORY: Final = 20


def health(reader: Reader, now: int) -> SyncHealth:
    """Failures, differences and the last comparison, counted now."""
    with reader.open() as connection:
        counted = differences.counts(connection, now)
        retries = sync.retries(connection)
        run = sync.last_run(connection)
        return SyncHealth(
            now=now,
            failed=retries["failed"] or 0,
            waiting=retries["waiting"] or 0,
            next_retry_at=retries["next"],
            drift=counted["drift"]["open"] or 0,
            drift_acknowledged=counted["drift"]["acknowledged"] or 0,
            gaps=counted["gap"]["open"] or 0,
            gaps_acknowledged=counted["gap"]["acknowledged"] or 0,
            nearest_loss=counted["gap"]["nearest"],
            needing_reread=sync.needing_reread(connection),
            last_run=_run(run) if run else None,
        )


def deliveries(reader: Reader, now: int) -> Deliveries:
    """Lag of the last day and week, and the fates of the last two weeks, day by day."""
    with reader.open() as connection:
        return Deliveries(
            day=_lag(connection, now - DAY),
            week=_lag(connection, now - 7 * DAY),
            days=tuple(_days(connection, now - now % DAY)),
        )


def _lag(connection: Connection, since: int) -> Lag:
    found = sync.lag(connection, since, LATE)
    return Lag(
        since=since,
        deliveries=found["deliveries"] or 0,
        p50=found["p50"],
        p95=found["p95"],
        late=found["late"] or 0,
    )


def _days(connection: Connection, today: int) -> Iterator[DeliveryDay]:
    """Every day, also one on which nothing came."""
    since = today - (DAYS - 1) * DAY
    by_day: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for day, fate, events in sync.fates(connection, since):
        by_day[day][fate] = events
    for day in range(since, today + DAY, DAY):
        yield DeliveryDay(day, by_day[day])


def _run(row: Record) -> ReconcileRun:
    return ReconcileRun(
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        applied=row["applied"],
        customers=row["customers"],
        requests=row["requests"],
        findings=row["findings"],
        repaired=row["repaired"],
        problem=row["problem"],
    )


def failed_events(reader: Reader, limit: int, offset: int) -> Listing[FailedEvent]:
    """One page of the events kept as failed, the latest received first."""
    with reader.open() as connection:
        total = sync.retries(connection)["failed"] or 0
        rows = sync.failed_events(connection, limit, offset)
    return Listing(tuple(FailedEvent(**row) for row in rows), total, (), (), {})


def findings(reader: Reader, now: int, kind: str, limit: int, offset: int) -> Listing[Finding]:
    """One page of the open findings of ``kind`` (drift or gap), unacknowledged first."""
    with reader.open() as connection:
        total = differences.counts(connection, now)[kind]["open"] or 0
        rows = differences.open_findings(connection, kind, now, limit, offset)
    return Listing(tuple(_finding(row) for row in rows), total, (), (), {})


def finding(reader: Reader, now: int, finding_id: int) -> FindingView:
    """One finding, open or resolved, with its history. Raises NoSuchObject."""
    with reader.open() as connection:
        row = differences.finding(connection, finding_id, now)
        if row is None:
            raise NoSuchObject(f"No finding has the number {finding_id}. Choose one of the list.")
        found = _finding(row)
        seen = differences.seen_before(connection, found.subject, MOST_HISTORY)
        known = differences.acknowledged(connection, found.subject, MOST_HISTORY)
        asked = sync.latest_requests(
            connection, MOST_HISTORY, subjects=tuple({found.customer_id or "", ""})
        )
    about = [_request(row) for row in asked if row["at"] >= found.first_seen_at]
    told = [*_sightings(seen), *_acknowledgements(known), *_asked(about)]
    told.sort(key=lambda entry: (-entry.at, entry.sentence))
    latest = next((request for request in about if request.action in ("check", "repair")), None)
    return FindingView(found, tuple(told[:MOST_HISTORY]), latest)


def requests(reader: Reader) -> list[StaffRequest]:
    """What staff asked for lately, the latest first."""
    with reader.open() as connection:
        return [_request(row) for row in sync.latest_requests(connection, MOST_REQUESTS)]


def request_about(reader: Reader, subject: str) -> StaffRequest | None:
    """The latest request about one event or one customer; "" is everyone."""
    with reader.open() as connection:
        rows = sync.latest_requests(connection, 1, subjects=(subject,))
    return _request(rows[0]) if rows else None


def _request(row: Record) -> StaffRequest:
    return StaffRequest(**row)


def _finding(row: Record) -> Finding:
    known = None
    if row["acknowledged_at"] is not None:
        known = Acknowledgement(
            staff=row["acknowledged_by"],
            reason=row["acknowledged_for"],
            at=row["acknowledged_at"],
            expires_at=row["acknowledged_until"],
        )
    compared_fields = compared(row["field"], row["projected"], row["stripe"])
    return Finding(
        finding_id=row["finding_id"],
        subject=row["subject"],
        kind=row["kind"],
        customer_id=row["customer_id"],
        name=row["name"],
        email=row["email"],
        object_type=row["object_type"],
        object_id=row["object_id"],
        fields=tuple(difference.field for difference in compared_fields),
        differences=compared_fields,
        cause=row["cause"],
        cause_sentence=cause_sentence(row["cause"]),
        event_id=row["event_id"],
        lost_after=row["lost_after"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        times=row["times"],
        resolved_at=row["resolved_at"],
        resolution=row["resolution"],
        acknowledgement=known,
    )


def _sightings(rows: list[Any]) -> Iterator[HappenedToFinding]:
    for row in rows:
        yield HappenedToFinding(row["first_seen_at"], "First seen.")
        if row["times"] > 1:
            again = f"Seen again, {row['times']} times so far."
            yield HappenedToFinding(row["last_seen_at"], again)
        if row["resolved_at"] is not None:
            words = "Repaired." if row["resolution"] == "repaired" else "Gone by itself."
            yield HappenedToFinding(row["resolved_at"], words)


def _acknowledgements(rows: list[Any]) -> Iterator[HappenedToFinding]:
    for row in rows:
        days = max((row["expires_at"] - row["at"]) // DAY, 1)
        told = f"Acknowledged by {row['staff']} for {days} days: {row['reason']}"
        yield HappenedToFinding(row["at"], told)


def _asked(rows: list[StaffRequest]) -> Iterator[HappenedToFinding]:
    for row in rows:
        whom = "" if row.subject else ", of everyone"
        yield HappenedToFinding(row.at, f"{row.staff} asked for a {row.action}{whom}.")
        if row.done_at is not None:
            yield HappenedToFinding(row.done_at, row.outcome or row.state)
