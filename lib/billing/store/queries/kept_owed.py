"""What is owed, read from the sums that the writer keeps by day.

Only of the projection itself, where `cut_days.ready`. Each function gives what its namesake
in `owed` gives of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from ...domain.ageing import bucket_of
from ...domain.times import day_start
from ..tables import rollups as r
from ..tables import turnover as u
from . import owed
from .spans import Span

Row = Mapping[str, Any]


def ageing(connection: Connection, timezone: str, now: int) -> list[Row]:
    """`owed.ageing`. Of the few days in which a bucket begins, the open invoices are read."""
    found: defaultdict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])

    def add(currency: str, bucket: str, ended: int, count: Any, minor: Any) -> None:
        held = found[currency, bucket, ended]
        held[0] += int(count)
        held[1] += int(minor)

    cut: set[Span] = set()
    query = select(u.c.day, u.c.currency, u.c.tag, u.c.count, u.c.minor).where(u.c.kind == "open")
    for day, currency, tag, count, minor in connection.execute(query):
        span = _seconds(day, timezone)
        bucket = bucket_of(None if span is None else span.starts, now)
        if span is None or bucket_of(span.ends - 1, now) == bucket:
            add(currency, bucket, int(tag == "ended"), count, minor)
        else:
            cut.add(span)
    for span in sorted(cut):
        for row in owed.ageing(connection, now, due=span):
            amounts = row["count"], row["amount_minor"]
            add(row["currency"] or "", row["bucket"], int(row["ended"]), *amounts)
    return [
        {
            "currency": currency or None,
            "bucket": bucket,
            "ended": ended,
            "count": count,
            "amount_minor": minor,
        }
        for (currency, bucket, ended), (count, minor) in sorted(found.items())
        if count
    ]


def _seconds(day: str, timezone: str) -> Span | None:
    if not day:
        return None
    first = date.fromisoformat(day)
    return Span(day_start(first, timezone), day_start(first + timedelta(days=1), timezone))


def standing(connection: Connection) -> list[Row]:
    """`owed.standing`."""
    query = (
        select(r.c.currency, r.c.interval, func.sum(r.c.minor))
        .where(r.c.kind == "invoices_open", r.c.plan == "open", r.c.currency != "")
        .group_by(r.c.currency, r.c.interval)
    )
    return [
        {"currency": currency, "method": method or None, "owed_minor": int(minor)}
        for currency, method, minor in connection.execute(query)
    ]


def flows(connection: Connection, since: date) -> list[Row]:
    """``currency, method, issued_minor, owed_minor`` of all days from ``since`` on together:
    `owed.flows` added up."""
    query = (
        select(u.c.kind, u.c.currency, u.c.tag, func.sum(u.c.minor))
        .where(u.c.kind.in_(("issued", "owed")), u.c.day >= since.isoformat())
        .group_by(u.c.kind, u.c.currency, u.c.tag)
    )
    found: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: {"issued_minor": 0, "owed_minor": 0}
    )
    for kind, currency, method, minor in connection.execute(query):
        found[currency, method][f"{kind}_minor"] += int(minor)
    return [
        {"currency": currency, "method": method or None, **amounts}
        for (currency, method), amounts in sorted(found.items())
    ]
