"""Those who left in a stretch of time, under a policy's idea of leaving."""

from __future__ import annotations

from ..domain.filters import Filters
from ..domain.policy import Policy
from ..store.queries import churn
from ..store.queries.churned import Leavers
from ..store.queries.reading import Connection
from ..store.queries.spans import Span
from .calendar import months_between


def leavers(
    connection: Connection, policy: Policy, timezone: str, filters: Filters
) -> Leavers | None:
    """Those who left between the filters' dates; None where nothing ever moved."""
    reach = churn.reach(connection, policy.slug)
    if reach is None:
        return None
    starts = reach[0] if filters.starts is None else filters.starts
    ends = reach[1] + 1 if filters.ends is None else filters.ends
    months = []
    if policy.churn_skips_same_month and starts < ends:
        months = months_between(starts, ends - 1, timezone)
    return Leavers(policy.slug, Span(starts, ends), months, filters)
