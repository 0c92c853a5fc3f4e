"""Whom a period began with and who left in it, by plan, interval and stay, from the kept sums.

Only of the projection itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, RowMapping, func, select

from ...domain.stay_turns import LOST_BY
from ...domain.times import local_date
from ..tables import turnover as u
from . import churn_parts, cut_days
from .cut_days import Cut, Row
from .spans import Span

_Part = tuple[str, str, str]
"""plan, interval, stay"""


def parts(
    connection: Connection, policy: str, timezone: str, span: Span, currency: str
) -> Sequence[Row | RowMapping]:
    """`churn_parts.parts`; of rows where a span begins within a day, or nothing is kept."""
    if not cut_days.begins_days([span], timezone) or not cut_days.ready(
        connection, policy, timezone
    ):
        return churn_parts.parts(connection, policy, span, currency)
    first = local_date(span.starts, timezone).isoformat()
    found: defaultdict[_Part, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    query = (
        select(u.c.plan, u.c.interval, u.c.tag, func.sum(u.c.count), func.sum(u.c.minor))
        .where(u.c.kind == "stay", u.c.policy == policy, u.c.currency == currency, u.c.day <= first)
        .group_by(u.c.plan, u.c.interval, u.c.tag)
    )
    for plan, interval, stay, count, minor in connection.execute(query):
        found[plan, interval, stay][:2] = int(count), int(minor)
    for part, count, minor in _lost(connection, policy, timezone, span, currency):
        found[part][2] += count
        found[part][3] += minor
    names = ("customers", "minor", "lost", "lost_minor")
    return [
        {"plan": plan or None, "interval": interval or None, "stay": stay}
        | dict(zip(names, numbers, strict=True))
        for (plan, interval, stay), numbers in found.items()
        if any(numbers)
    ]


def _lost(
    connection: Connection, policy: str, timezone: str, span: Span, currency: str
) -> Iterator[tuple[_Part, int, int]]:
    by = next((by for by in LOST_BY if cut_days.are_periods([span], by, timezone)), None)
    if by is None:
        for row in churn_parts.lost(connection, policy, span, currency):
            known = row["plan"] or "", row["interval"] or "", row["stay"]
            yield known, int(row["lost"]), int(row["lost_minor"])
        return
    cut = Cut(connection, policy, timezone, [span])
    keys = (u.c.plan, u.c.interval, u.c.tag)
    summed = cut_days.summed_by_span(LOST_BY[by], cut.days(), policy, currency, *keys)
    for _, _, plan, interval, stay, count, minor in connection.execute(summed):
        yield (plan, interval, stay), int(count), int(minor)
    for _, rest in cut.rests():
        for turn, added in cut.turned(rest, currency, by, whole=True).items():
            if turn.kind == LOST_BY[by]:
                yield (turn.plan, turn.interval, turn.tag), added.count, added.minor
