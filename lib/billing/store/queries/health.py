"""How the receiver and the projection are doing, as numbers that are read at each scrape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, exists, func, literal_column, select

from ..tables import (
    acknowledgements,
    customers,
    findings,
    inbox,
    meta,
    reconciliations,
    requests,
    tallies,
)
from .outgoing import Told, by_endpoint

HOUR: Final = 3_600
NEWEST: Final = 10_000
"""Webhooks that the lag looks at, at most: a busy hour is told well enough by its newest ones."""


@dataclass(frozen=True, slots=True)
class Health:
    """Times are unix seconds; None = there is none."""

    watermark: int
    lags: dict[str, int | None]  # "0.5" and "0.95": seconds, over webhooks of the last hour
    last_webhook_at: int | None
    events: int
    failed: int
    retrying: int  # failed, with an attempt to come
    oldest_failed_at: int | None
    arrivals: dict[tuple[str, str], int]  # (source, fate) -> events
    findings: dict[str, int]  # cause -> open drift findings that nobody has acknowledged
    acknowledged: int
    gaps: int  # missing events that nobody has acknowledged
    gaps_acknowledged: int
    lost_after: int | None  # the nearest of those that nobody has acknowledged
    needing_reread: int
    with_gaps: int  # customers before one of whose seconds something is missing
    requests_waiting: int
    last_reconciled_at: int | None
    pruned_at: int | None  # when a round of dropping old bodies last ended
    outgoing: tuple[Told, ...]  # each endpoint; ``delivered`` counts since ever


def read_health(connection: Connection, now: int) -> Health:
    """Everything, as it is at ``now``."""
    counted = _events(connection)
    found, acknowledged = _findings(connection, now)
    gaps, gaps_acknowledged, lost_after = _gaps(connection, now)
    needing, with_gaps = _customers(connection)
    kept = {row.key: row.value for row in connection.execute(select(meta.c.key, meta.c.value))}
    last_webhook = kept.get("last_webhook_at")
    return Health(
        watermark=int(kept.get("watermark", 0)),
        lags=_lags(connection, now - HOUR),
        last_webhook_at=None if last_webhook is None else int(last_webhook),
        events=counted["events"],
        failed=counted["failed"],
        retrying=counted["retrying"],
        oldest_failed_at=counted["oldest"],
        arrivals=_arrivals(connection),
        findings=found,
        acknowledged=acknowledged,
        gaps=gaps,
        gaps_acknowledged=gaps_acknowledged,
        lost_after=lost_after,
        needing_reread=needing,
        with_gaps=with_gaps,
        requests_waiting=_waiting(connection),
        last_reconciled_at=last_reconciled_at(connection),
        pruned_at=int(kept["pruned_at"]) if "pruned_at" in kept else None,
        outgoing=tuple(by_endpoint(connection, 0).values()),
    )


def last_reconciled_at(connection: Connection) -> int | None:
    """When a comparison of everyone with Stripe last came to its end."""
    r = reconciliations.c
    query = select(func.max(r.ended_at)).where(r.scope == "", r.problem.is_(None))
    ended: int | None = connection.execute(query).scalar_one()
    return ended


def _lags(connection: Connection, since: int) -> dict[str, int | None]:
    """By nearest rank. An event from the future, by our clock, took no time."""
    i = inbox.c
    took = i.received_at - i.created_at
    newest = (
        select(case((took < 0, 0), else_=took).label("seconds"))
        .where(i.source == "webhook", i.received_at > since)
        .order_by(i.received_at.desc())
        .limit(NEWEST)
        .subquery()
    )
    count = int(connection.execute(select(func.count()).select_from(newest)).scalar_one())
    ranked = select(newest.c.seconds).order_by(newest.c.seconds).limit(1)
    lags: dict[str, int | None] = {}
    for quantile, percent in (("0.5", 50), ("0.95", 95)):
        place = ranked.offset(max(-(-count * percent // 100) - 1, 0))
        lags[quantile] = connection.execute(place).scalar()
    return lags


def _events(connection: Connection) -> dict[str, Any]:
    i = inbox.c
    total = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
    query = select(func.count(), func.count(i.next_attempt_at), func.min(i.received_at))
    failed, retrying, oldest = connection.execute(query.where(i.state == "failed")).one()
    return {"events": total, "failed": failed, "retrying": retrying, "oldest": oldest}


def _arrivals(connection: Connection) -> dict[tuple[str, str], int]:
    t = tallies.c
    query = select(t.source, t.fate, func.sum(t.events)).group_by(t.source, t.fate)
    return {(source, fate): int(count) for source, fate, count in connection.execute(query)}


def _findings(connection: Connection, now: int) -> tuple[dict[str, int], int]:
    f, left = findings.c, _left_alone(now)
    query = (
        select(f.cause, func.sum(case((left, 0), else_=1)), func.sum(case((left, 1), else_=0)))
        .where(f.resolved_at.is_(None), f.kind != "gap")
        .group_by(f.cause)
    )
    rows = connection.execute(query).all()
    return {cause: int(count) for cause, count, _ in rows}, sum(int(row[2]) for row in rows)


def _left_alone(now: int) -> ColumnElement[bool]:
    """As on the board: an answer to a finding does not hide the same one found anew."""
    f, a = findings.c, acknowledgements.c
    return exists().where(a.subject == f.subject, a.at >= f.first_seen_at, a.expires_at > now)


def _gaps(connection: Connection, now: int) -> tuple[int, int, int | None]:
    f, left = findings.c, _left_alone(now)
    query = select(
        func.coalesce(func.sum(case((left, 0), else_=1)), 0),
        func.coalesce(func.sum(case((left, 1), else_=0)), 0),
        func.min(case((left, None), else_=f.lost_after)),
    )
    gaps, acknowledged, nearest = connection.execute(
        query.where(f.resolved_at.is_(None), f.kind == "gap")
    ).one()
    return int(gaps), int(acknowledged), nearest


def _customers(connection: Connection) -> tuple[int, int]:
    """Each by itself: of either there is an index of these alone."""
    c = customers.c
    counts = [
        select(func.count()).select_from(customers).where(condition)
        for condition in (c.needs_reread, c.gaps > literal_column("0"))
    ]
    needing, with_gaps = (int(connection.scalar(count) or 0) for count in counts)
    return needing, with_gaps


def _waiting(connection: Connection) -> int:
    query = select(func.count()).select_from(requests).where(requests.c.state == "waiting")
    return int(connection.execute(query).scalar_one())
