"""Cohorts by the month of the first MRR, from sums that the database made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..domain.policy import Policy
from ..domain.times import local_date, period_name
from ..store.queries import cohorts, cut_days, kept_growth, roll_forward
from ..store.queries.reading import Connection
from .calendar import months_between
from .values import CohortMonth

UTC = "UTC"


def cohort_months(
    connection: Connection,
    policy: str,
    flags: Policy,
    timezone: str,
    now: int,
    *,
    currency: str | None = None,
    starts: int | None = None,
    ends: int | None = None,
    kept: bool = False,
) -> Iterator[CohortMonth]:
    """Every cohort with every month up to now's, by cohort, currency and month.

    ``starts <= first MRR < ends`` bounds the cohorts, not the months they are followed for.
    ``kept``: of the projection itself, under its own policy, so that there may be sums.
    """
    zone = UTC if flags.cohort_months == "utc" else timezone
    reach = roll_forward.extent(connection, policy)
    if reach is None:
        return
    first, moved = reach
    months = months_between(first, max(now, moved), zone)
    names = [period_name(local_date(month.starts, zone), "month") for month in months]
    joined: Counter[tuple[int, str]] = Counter()
    customers: Counter[tuple[int, str, int]] = Counter()
    minor: Counter[tuple[int, str, int]] = Counter()
    cells: Sequence[Mapping[Any, Any]]
    bounded = starts is not None or ends is not None or zone != timezone
    if kept and not bounded and cut_days.ready(connection, policy, timezone):
        begun = [local_date(month.starts, zone) for month in months]
        cells = kept_growth.cohorts(connection, policy, begun, currency)
    else:
        cells = cohorts.cells(connection, policy, months, currency, starts, ends)
    for cell in cells:
        cohort, code, month = int(cell["cohort"]), cell["currency"], int(cell["month"])
        joined[cohort, code] += int(cell["joined"])
        customers[cohort, code, month] = int(cell["customers"])
        minor[cohort, code, month] = int(cell["minor"])
    for cohort, code in sorted(joined):
        left, left_minor, mrr = 0, 0, 0
        for month in range(cohort, len(months)):
            left += customers[cohort, code, month]
            left_minor += minor[cohort, code, month]
            if month == cohort:
                mrr = left_minor
            yield CohortMonth(
                cohort=names[cohort],
                currency=code,
                index=month - cohort,
                complete=months[month].ends <= now + 1,
                customers=joined[cohort, code],
                kept=left,
                mrr_minor=mrr,
                kept_minor=left_minor,
            )
