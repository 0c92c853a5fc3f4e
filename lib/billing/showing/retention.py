"""Churn and cohorts for their page: the latest periods, who left, and of what kind they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final, Literal

from ..domain.filters import Filters
from ..domain.stays import BANDS
from ..domain.times import day_start, local_date, period_start
from ..reports.periods import Period, periods
from ..retention.churning import Asked, churn_periods
from ..retention.cohorts import cohort_months
from ..retention.leaving import leavers
from ..retention.values import ChurnPeriod, CohortMonth
from ..settings.setup import Setup
from ..store.queries import kept_sums
from ..store.queries import roll_forward as rolling
from ..store.queries.kept_parts import parts
from ..store.queries.paging import total
from ..store.queries.reading import Reader
from ..store.queries.spans import Span
from .retention_views import ChurnedItem, ChurnPart
from .views import Listing, Sum

SHOWN: Final[Mapping[str, int]] = {"month": 13, "quarter": 9, "week": 14, "day": 31}
"""How many periods a page looks back on, the running one included."""

Dimension = Literal["plan", "interval", "stay"]


def currencies(reader: Reader, setup: Setup) -> tuple[str, ...]:
    """In which anybody ever paid, the one with the most movements first."""
    with reader.open() as connection:
        return tuple(kept_sums.moved_currencies(connection, setup.policy))


def recent(
    reader: Reader, setup: Setup, now: int, by: str, currency: str
) -> tuple[ChurnPeriod, ...]:
    """The latest periods of one currency, the oldest first; none from before the first MRR."""
    with reader.open() as connection:
        reach = rolling.extent(connection, setup.policy)
        if reach is None:
            return ()
        flags = setup.policies[setup.policy]
        asked = Asked(setup.policy, flags, setup.timezone, by, currency, kept=True)
        return tuple(churn_periods(connection, asked, _latest(reach[0], now, by, setup.timezone)))


def _latest(first: int, now: int, by: str, timezone: str) -> list[Period]:
    day = period_start(local_date(now, timezone), by)
    starts = day_start(day, timezone)
    for _ in range(SHOWN[by] - 1):
        day = period_start(local_date(starts - 1, timezone), by)
        starts = day_start(day, timezone)
    earliest = day_start(period_start(local_date(first, timezone), by), timezone)
    found = periods(max(starts, earliest), now, by, timezone)
    return list(islice(found, SHOWN[by]))


def cohorts(reader: Reader, setup: Setup, now: int, currency: str) -> tuple[CohortMonth, ...]:
    """Every cohort of one currency with every month up to now's."""
    with reader.open() as connection:
        return tuple(
            cohort_months(
                connection,
                setup.policy,
                setup.policies[setup.policy],
                setup.timezone,
                now,
                currency=currency,
                kept=True,
            )
        )


def churned(reader: Reader, setup: Setup, filters: Filters) -> Listing[ChurnedItem]:
    """One page of who left. No bars: the periods have them."""
    with reader.open() as connection:
        found = leavers(connection, setup.policies[setup.policy], setup.timezone, filters)
        if found is None:
            return Listing((), 0, (), (), {})
        page = found.page(connection)
        sums = found.sums(connection)
        choices = found.choices(connection)
    capped = found.too_many(sums)
    named: defaultdict[str, set[str]] = defaultdict(set)
    for row in choices:
        for name in ("plan", "interval", "reason"):
            if row[name] is not None:
                named[f"{name}s"].add(row[name])
    return Listing(
        rows=tuple(ChurnedItem(**_shown(row)) for row in page.rows),
        total=total(sums, capped=capped),
        sums=tuple(
            Sum(row["currency"], int(row["count"]), int(row["amount_minor"]))
            for row in sorted(sums, key=lambda row: row["currency"])
            if not capped
        ),
        bars=(),
        choices={name: tuple(sorted(values)) for name, values in named.items()},
        capped=capped,
        last=page.last,
    )


def _shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ChurnedItem.__dataclass_fields__}


def churn_parts(
    reader: Reader, setup: Setup, dimension: Dimension, currency: str, starts: int, ends: int
) -> tuple[ChurnPart, ...]:
    """Customers at the start of a period by one of their traits, the largest part first; lengths
    of stay in their own order."""
    with reader.open() as connection:
        span = Span(starts, ends)
        cells = parts(connection, setup.policy, setup.timezone, span, currency)
    found: defaultdict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for cell in cells:
        found[cell[dimension] or ""].append(cell)
    made = [
        ChurnPart(
            name,
            *(
                sum(int(c[key]) for c in held)
                for key in ("customers", "minor", "lost", "lost_minor")
            ),
        )
        for name, held in found.items()
    ]
    bands = [name for name, _, _ in BANDS]
    if dimension == "stay":
        return tuple(sorted(made, key=lambda part: bands.index(part.name)))
    return tuple(sorted(made, key=lambda part: (-part.customers, part.name)))
