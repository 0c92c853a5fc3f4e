"""Cohorts, trials and upgrades from the sums that the writer keeps.

Only of the projection itself, where `cut_days.ready`. Each function gives what its namesake
elsewhere gives of the rows, for spans that begin when a business day does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from ..tables import rollups as r
from ..tables import turnover as u
from . import churn, outlook, upgrade_feed
from .cut_days import Cut, Row, only, plus, summed_by_span
from .kept_upgrades import STEP, is_up
from .upgrade_steps import Judged


def cohorts(
    connection: Connection, policy: str, months: Sequence[date], currency: str | None = None
) -> list[Row]:
    """`cohorts.cells` of every cohort. ``months``: the first days of all of them."""
    place = {month.isoformat(): n for n, month in enumerate(months)}
    query = only(
        select(u.c.currency, u.c.began, u.c.day, func.sum(u.c.count), func.sum(u.c.minor))
        .where(u.c.kind == "cohort", u.c.policy == policy)
        .group_by(u.c.currency, u.c.began, u.c.day),
        u.c.currency,
        currency,
    )
    came = _joined_by_month(connection, policy, currency)
    return [
        {
            "currency": code,
            "cohort": place[began],
            "month": place[day],
            "customers": int(count),
            "minor": int(minor),
            "joined": came.get((code, began), 0) if began == day else 0,
        }
        for code, began, day, count, minor in connection.execute(query)
        if began in place and day in place
    ]


def _joined_by_month(
    connection: Connection, policy: str, currency: str | None
) -> dict[tuple[str, str], int]:
    month = func.substr(r.c.bucket, 1, 7)
    query = only(
        select(r.c.currency, month, func.sum(r.c.customers))
        .where(r.c.kind == "movement", r.c.policy == policy, r.c.tag == "new")
        .group_by(r.c.currency, month),
        r.c.currency,
        currency,
    )
    return {(code, f"{name}-01"): int(count) for code, name, count in connection.execute(query)}


def trials(connection: Connection, cut: Cut, policy: str, currency: str | None = None) -> list[Row]:
    """`churn.trials`."""
    found: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    query = summed_by_span("trial", cut.days(), policy, currency, u.c.tag)
    for n, code, tag, count, _ in connection.execute(query):
        found[int(n), code][tag] += int(count)
    for n, rest in cut.rests():
        for row in churn.trials(connection, policy, [rest], currency):
            found[n, row["currency"] or ""]["ended"] += int(row["ended"])
            found[n, row["currency"] or ""]["active"] += int(row["active"])
    return [
        {"n": n, "currency": code or None, "ended": held["ended"], "active": held["active"]}
        for (n, code), held in sorted(found.items())
        if held["ended"]
    ]


def trials_started(
    connection: Connection, cut: Cut, policy: str, currency: str | None
) -> dict[int, int]:
    """`outlook.trials_started`."""
    query = summed_by_span("trial", cut.days(), policy, currency, u.c.tag)
    found: Counter[int] = Counter()
    for n, _, tag, count, _ in connection.execute(query):
        if tag == "started":
            found[int(n)] += int(count)
    for n, rest in cut.rests():
        found[n] += outlook.trials_started(connection, [rest], currency or "").get(0, 0)
    return {n: count for n, count in found.items() if count}


def upgrades(connection: Connection, cut: Cut, judged: Judged, currency: str) -> list[Row]:
    """`upgrade_feed.by_span`."""
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    query = summed_by_span("upgrade", cut.days(), judged.policy, currency, u.c.tag, *STEP)
    for n, _, kind, *step, count, minor in connection.execute(query):
        if kind != "contraction" or is_up(judged.catalog, *step):
            plus(found[int(n), kind], count, minor)
    for n, rest in cut.rests():
        for row in upgrade_feed.by_span(connection, judged, [rest], currency):
            plus(found[n, row["kind"]], row["count"], row["minor"])
    return [
        {"n": n, "kind": kind, "count": count, "minor": minor}
        for (n, kind), (count, minor) in sorted(found.items())
        if count
    ]
