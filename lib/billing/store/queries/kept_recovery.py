"""What failed and what became of it, read from the sums that the writer keeps by day.

Only of the projection itself, where `cut_days.ready`. Each function gives what its namesake in
`recovery` gives of the rows, a day's sums at the quarter of an hour in which it begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from ...domain.times import day_start
from ..tables import turnover as u
from .columns import QUARTER_HOUR

Row = Mapping[str, Any]


def by_failure(connection: Connection, timezone: str) -> list[Row]:
    """`recovery.by_failure`."""
    query = (
        select(u.c.day, u.c.currency, u.c.tag, func.sum(u.c.count), func.sum(u.c.minor))
        .where(u.c.kind == "failed")
        .group_by(u.c.day, u.c.currency, u.c.tag)
    )
    found: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(lambda: {"count": 0})
    for day, currency, tag, count, minor in connection.execute(query):
        held = found[day, currency]
        held["count"] += int(count)
        held["failed_minor" if tag == "asked" else f"{tag}_minor"] = int(minor)
    names = ("failed_minor", "recovered_minor", "lost_minor", "undated_minor")
    return [
        {
            "quarter_hour": _quarter(day, timezone),
            "currency": currency,
            "count": held["count"],
            **{name: held.get(name, 0) for name in names},
        }
        for (day, currency), held in sorted(found.items())
        if held["count"]
    ]


def by_payment(connection: Connection, timezone: str) -> list[Row]:
    """`recovery.by_payment`."""
    query = (
        select(u.c.day, u.c.currency, func.sum(u.c.count), func.sum(u.c.minor))
        .where(u.c.kind == "recovered")
        .group_by(u.c.day, u.c.currency)
    )
    found = [
        {
            "quarter_hour": _quarter(day, timezone),
            "currency": currency,
            "count": int(count),
            "recovered_minor": int(minor),
        }
        for day, currency, count, minor in connection.execute(query)
        if count
    ]
    return sorted(
        found, key=lambda r: (r["quarter_hour"] is None, r["quarter_hour"], r["currency"])
    )


def _quarter(day: str, timezone: str) -> int | None:
    return day_start(date.fromisoformat(day), timezone) // QUARTER_HOUR if day else None
