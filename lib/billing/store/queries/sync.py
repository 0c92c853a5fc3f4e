"""How well deliveries, retries and comparisons with Stripe go, counted in SQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, RowMapping, case, func, select

from ...domain.findings import Reconciliation
from ..tables import customers, inbox, reconciliations, requests, tallies
from .columns import by_bytes

FAILED_COLUMNS: Final = (
    inbox.c.event_id,
    inbox.c.type,
    inbox.c.created_at,
    inbox.c.received_at,
    inbox.c.source,
    inbox.c.error,
    inbox.c.attempts,
    inbox.c.next_attempt_at,
)
_FAILED: Final = inbox.c.state == "failed"


def lag(connection: Connection, since: int, late: int) -> dict[str, int | None]:
    """How long webhooks received after ``since`` had been under way, seconds.

    ``deliveries``, ``late`` (longer than ``late`` seconds), ``p50`` and ``p95`` by nearest rank;
    None without a delivery. An event that is younger than our clock counts as 0.
    """
    took = inbox.c.received_at - inbox.c.created_at
    seconds = case((took < 0, 0), else_=took).label("seconds")
    # Counted by second first: a week has many webhooks but few different lags, and one scan.
    counted = (
        select(seconds, func.count().label("events"))
        .where(inbox.c.source == "webhook", inbox.c.received_at > since)
        .group_by(seconds)
        .subquery()
    )
    ranked = select(
        counted.c.seconds,
        counted.c.events,
        func.sum(counted.c.events).over(order_by=counted.c.seconds).label("up_to"),
        func.sum(counted.c.events).over().label("all_of_them"),
    ).subquery()
    row = connection.execute(
        select(
            func.max(ranked.c.all_of_them),
            func.sum(case((ranked.c.seconds > late, ranked.c.events), else_=0)),
            *(
                func.min(case((ranked.c.up_to * 100 >= ranked.c.all_of_them * p, ranked.c.seconds)))
                for p in (50, 95)
            ),
        )
    ).one()
    deliveries, behind, half, most = (None if n is None else int(n) for n in row)
    return {"deliveries": deliveries or 0, "late": behind or 0, "p50": half, "p95": most}


def fates(connection: Connection, since: int) -> list[tuple[int, str, int]]:
    """(first second of the UTC day, fate, webhooks) from the day of ``since`` on, by day."""
    query = (
        select(tallies.c.day, tallies.c.fate, tallies.c.events)
        .where(tallies.c.source == "webhook", tallies.c.day >= since)
        .order_by(tallies.c.day, by_bytes(tallies.c.fate))
    )
    return [(int(day), fate, int(events)) for day, fate, events in connection.execute(query)]


def retries(connection: Connection) -> dict[str, int | None]:
    """``failed`` events, how many are ``waiting`` for another try, and when the ``next`` one is."""
    query = select(
        func.count(), func.count(inbox.c.next_attempt_at), func.min(inbox.c.next_attempt_at)
    ).where(_FAILED)
    failed, waiting, following = connection.execute(query).one()
    return {"failed": int(failed), "waiting": int(waiting), "next": following}


def failed_events(connection: Connection, limit: int, offset: int) -> list[RowMapping]:
    """One page of the events kept as failed, the latest received first."""
    query = (
        select(*FAILED_COLUMNS)
        .where(_FAILED)
        .order_by(inbox.c.received_at.desc(), by_bytes(inbox.c.event_id))
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(query).mappings())


def failed_event(connection: Connection, event_id: str) -> RowMapping | None:
    """One event that is kept as failed; None when it is none (any more)."""
    query = select(*FAILED_COLUMNS).where(_FAILED, inbox.c.event_id == event_id)
    return connection.execute(query).mappings().one_or_none()


def needing_reread(connection: Connection) -> int:
    """Customers whose last second could not be proven."""
    query = select(func.count()).select_from(customers).where(customers.c.needs_reread)
    return int(connection.execute(query).scalar_one())


def last_run(connection: Connection) -> Reconciliation | None:
    """The latest comparison of everyone with Stripe."""
    query = (
        select(reconciliations)
        .where(reconciliations.c.scope == "")
        .order_by(reconciliations.c.run_id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Reconciliation(**row)


def latest_requests(
    connection: Connection,
    limit: int,
    *,
    subjects: tuple[str, ...] = (),
    actions: tuple[str, ...] = (),
) -> list[RowMapping]:
    """What staff asked for, the latest first; only these ``subjects`` and ``actions``, if any."""
    query = select(requests).order_by(requests.c.request_id.desc()).limit(limit)
    if subjects:
        query = query.where(requests.c.subject.in_(subjects))
    if actions:
        query = query.where(requests.c.action.in_(actions))
    return list(connection.execute(query).mappings())
