"""The Sync page: how well the projection keeps up with Stripe, and where it does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ..domain.causes import CAUSES, Cause
from ..domain.errors import NoSuchObject
from ..domain.findings import Acknowledgement, Finding, FindingFilters
from ..domain.rows import CustomerRow
from ..domain.times import DAY
from ..settings.setup import Setup
from ..store.queries import findings, outgoing, sync
from ..store.queries.customer import customers_of
from ..store.queries.reading import Connection, Reader
from .differing import compared
from .sync_views import (
    Deliveries,
    DeliveryDay,
    FailedEvent,
    FindingItem,
    FindingView,
    HappenedToFinding,
    Lag,
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
UNKNOWN_CAUSE: Final = "The cause has no description in this version."
LOOK: Final = "Update Portside, then compare again."


def health(reader: Reader, setup: Setup, now: int) -> SyncHealth:
    """Failures, differences and the last comparison, counted now."""
    with reader.open() as connection:
        counted = findings.by_cause(connection, now)
        retries = sync.retries(connection)
        told = outgoing.by_endpoint(connection, now).values() if setup.outgoing else ()
        return SyncHealth(
            now=now,
            failed=retries["failed"] or 0,
            waiting=retries["waiting"] or 0,
            next_retry_at=retries["next"],
            drift=sum(c.open for c in counted if c.kind == "drift"),
            drift_acknowledged=sum(c.acknowledged for c in counted if c.kind == "drift"),
            gaps=sum(c.open for c in counted if c.kind == "gap"),
            gaps_acknowledged=sum(c.acknowledged for c in counted if c.kind == "gap"),
            nearest_loss=findings.nearest_loss(connection, now),
            needing_reread=sync.needing_reread(connection),
            last_run=sync.last_run(connection),
            compares_every=setup.compares_every,
            dead_letters=sum(each.dead for each in told),
            untold_since=min(
                (each.oldest_at for each in told if each.failing and each.oldest_at), default=None
            ),
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


def failed_events(reader: Reader, limit: int, offset: int) -> Listing[FailedEvent]:
    """One page of the events kept as failed, the latest received first."""
    with reader.open() as connection:
        total = sync.retries(connection)["failed"] or 0
        rows = sync.failed_events(connection, limit, offset)
    return Listing(tuple(FailedEvent(**row) for row in rows), total, (), (), {})


def board(reader: Reader, now: int, filters: FindingFilters) -> Listing[FindingItem]:
    """One page of the open findings; gaps by what Stripe forgets first."""
    with reader.open() as connection:
        total = findings.count_open(connection, filters, now)
        rows = findings.open_findings(connection, filters, now)
        items = _items(connection, rows)
    return Listing(tuple(items), total, (), (), {})


def finding(reader: Reader, now: int, finding_id: int) -> FindingView:
    """One finding, open or resolved, with its history. Raises NoSuchObject."""
    with reader.open() as connection:
        found = findings.one(connection, finding_id, now)
        if found is None:
            raise NoSuchObject(f"No finding has the number {finding_id}. Choose one of the list.")
        seen = findings.history(connection, found.subject, now)
        left = findings.acknowledgements_of(connection, found.subject)
        about = tuple({found.customer_id or "", ""})
        asked = sync.latest_requests(connection, MOST_HISTORY, subjects=about)
        (item,) = _items(connection, [found])
    since = min(earlier.first_seen_at for earlier in seen)
    told = [*_sightings(seen), *_left_alone(left)]
    told += _asked([_request(row) for row in asked if row["at"] >= since])
    told.sort(key=lambda entry: (-entry.at, entry.sentence))
    return FindingView(item, tuple(told[:MOST_HISTORY]))


def requests(reader: Reader) -> list[StaffRequest]:
    """What staff asked for lately, the latest first."""
    with reader.open() as connection:
        return [_request(row) for row in sync.latest_requests(connection, MOST_REQUESTS)]


def request_about(reader: Reader, subject: str, actions: tuple[str, ...]) -> StaffRequest | None:
    """The latest request about one event or one customer; "" is everyone."""
    with reader.open() as connection:
        rows = sync.latest_requests(connection, 1, subjects=(subject,), actions=actions)
    return _request(rows[0]) if rows else None


def _request(row: Record) -> StaffRequest:
    return StaffRequest(**row)


def _items(connection: Connection, found: Sequence[Finding]) -> list[FindingItem]:
    known = customers_of(connection, sorted({f.customer_id for f in found if f.customer_id}))
    return [_item(each, known.get(each.customer_id or "")) for each in found]


def _item(found: Finding, customer: CustomerRow | None) -> FindingItem:
    cause = CAUSES.get(found.cause) or Cause(found.cause, UNKNOWN_CAUSE, LOOK)
    return FindingItem(
        finding=found,
        name=customer.name if customer else None,
        email=customer.email if customer else None,
        means=cause.means,
        remedy=cause.remedy,
        repairable=cause.repairable,
        differences=compared(found.field, found.projected, found.stripe),
    )


def _sightings(rows: Iterable[Finding]) -> Iterator[HappenedToFinding]:
    for row in rows:
        yield HappenedToFinding(row.first_seen_at, "First seen.")
        if row.times > 1:
            again = f"Seen again, {row.times} times so far."
            yield HappenedToFinding(row.last_seen_at, again)
        if row.resolved_at is not None:
            yield HappenedToFinding(row.resolved_at, _ended(row))


def _ended(found: Finding) -> str:
    if found.resolution == "repaired":
        return "Repaired."
    return "Lost: Stripe's list forgot the event." if found.lost else "Gone by itself."


def _left_alone(rows: Iterable[Acknowledgement]) -> Iterator[HappenedToFinding]:
    for row in rows:
        days = max((row.expires_at - row.at) // DAY, 1)
        length = "1 day" if days == 1 else f"{days} days"
        told = f"Acknowledged by {row.staff} for {length}: {row.reason}"
        yield HappenedToFinding(row.at, told)


def _asked(rows: Iterable[StaffRequest]) -> Iterator[HappenedToFinding]:
    for row in rows:
        whom = "" if row.subject else ", of everyone"
        yield HappenedToFinding(row.at, f"{row.staff} asked for a {row.action}{whom}.")
        if row.done_at is not None:
            yield HappenedToFinding(row.done_at, row.outcome or row.state)
