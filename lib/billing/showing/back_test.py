"""The back-test of a month's runway, and the rows behind each of its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from ..domain.back_test import FATES, Tested, outcomes
from ..domain.errors import WrongUsage
from ..domain.filters import Filters
from ..domain.fold import Rules
from ..domain.times import day_start, next_period
from ..retention.back_testing import tested
from ..retention.ends_kept import Ends
from ..settings.setup import Setup
from ..store.queries import leaving as queries
from ..store.queries.outlook import first_told
from ..store.queries.reading import Connection
from ..store.queries.spans import Span
from .ending_views import BackTest, BackTestItem
from .views import Listing, Sum


def span_of(month: str, timezone: str) -> Span:
    """The seconds of a month such as ``2026-10``. Raises WrongUsage."""
    try:
        if len(month) != 7:
            raise ValueError
        day = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise WrongUsage(f"{month!r} is not a month: use 2026-10.") from None
    return Span(day_start(day, timezone), day_start(next_period(day, "month"), timezone))


def back_test(
    connection: Connection, setup: Setup, rules: Rules, ends: Ends, month: str
) -> tuple[BackTest, tuple[Tested, ...]]:
    """The sums of each currency, and every row that they are of."""
    span = span_of(month, setup.timezone)
    rows, unknown = tested(connection, rules, ends, span)
    told = first_told(connection, rules.policy.slug)
    found = BackTest(
        month=month,
        starts=span.starts,
        ends=span.ends,
        outcomes=outcomes(rows),
        unknown=unknown,
        reconstructed=told is None or span.starts < told,
    )
    return found, rows


def page(connection: Connection, rows: Sequence[Tested], filters: Filters) -> Listing[BackTestItem]:
    """One page of rows, the largest amount first. ``statuses`` narrow to fates."""
    wanted = [
        row
        for row in rows
        if (not filters.statuses or row.fate in filters.statuses)
        and (not filters.currencies or row.currency in filters.currencies)
    ]
    wanted.sort(key=lambda row: (-row.minor, row.customer_id, row.subscription_id or ""))
    limit, offset = filters.page
    shown = wanted[offset : offset + limit]
    names = queries.behind(connection, {row.customer_id for row in shown})
    sold = queries.sold(connection, {r.subscription_id for r in shown if r.subscription_id})
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in wanted:
        sums[row.currency][0] += int(row.counts)
        sums[row.currency][1] += row.minor
    return Listing(
        rows=tuple(
            _item(row, names.get(row.customer_id), sold.get(row.subscription_id or ""))
            for row in shown
        ),
        total=len(wanted),
        sums=tuple(Sum(code, count, minor) for code, (count, minor) in sorted(sums.items())),
        bars=(),
        choices={"statuses": tuple(fate for fate in FATES if any(r.fate == fate for r in rows))},
    )


def _item(row: Tested, named: Any, sold: Any) -> BackTestItem:
    return BackTestItem(
        customer_id=row.customer_id,
        name=named["name"] if named else None,
        email=named["email"] if named else None,
        org_id=named["org_id"] if named else None,
        subscription_id=row.subscription_id,
        fate=row.fate,
        kind=row.kind,
        plan=row.plan,
        reason=sold["reason"] if sold else None,
        planned_at=row.planned_at,
        left_at=row.left_at,
        mrr_minor=row.minor,
        currency=row.currency,
        counts=row.counts,
    )
