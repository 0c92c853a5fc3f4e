"""What failed and what became of it, read from the sums that the writer keeps by day.

Only of the projection itself, where `cut_days.ready`. Each function gives what its namesake in
`recovery` gives of the rows, a day's sums at the quarter of an hour in which it begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, case, func, select

from ...domain.times import day_start
from ..tables import turnover as u
from .columns import QUARTER_HOUR, by_bytes

Row = Mapping[str, Any]

_AMOUNTS: Final = {
    "asked": "failed_minor",
    "recovered": "recovered_minor",
    "lost": "lost_minor",
    "undated": "undated_minor",
}


def by_failure(connection: Connection, timezone: str) -> list[Row]:
    """`recovery.by_failure`."""
    amounts = [
        func.sum(case((u.c.tag == tag, u.c.minor), else_=0)).label(name)
        for tag, name in _AMOUNTS.items()
    ]
    query = (
        select(u.c.day, u.c.currency, func.sum(u.c.count).label("count"), *amounts)
        .where(u.c.kind == "failed")
        .group_by(u.c.day, u.c.currency)
        .order_by(u.c.day, by_bytes(u.c.currency))
    )
    return [
        {
            "quarter_hour": _quarter(row["day"], timezone),
            "currency": row["currency"],
            **{name: int(row[name]) for name in ("count", *_AMOUNTS.values())},
        }
        for row in connection.execute(query).mappings()
        if row["count"]
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
