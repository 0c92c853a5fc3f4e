"""On which plan whose MRR stands and stood, from the sums that the writer keeps.

Only of the projection itself, where `ready`. Each function gives what its namesake in
`plan_standing` or `plan_features` gives of the rows, for times at which a business day begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, and_, func, select

from ...domain.plan_moves import Held
from ...domain.stood_turns import BESIDE
from ...domain.times import local_date
from ..tables import turnover as u
from . import cut_days, plan_features, plan_standing
from .plan_standing import EVER, Standing
from .spans import Span

_LAST: Final = "9999-12-31"
"""A day after every movement's."""


def ready(connection: Connection, policy: str, timezone: str, seconds: Sequence[int] = ()) -> bool:
    """Whether sums tell of all these ``seconds``; one of them may be `plan_standing.EVER`."""
    spans = [Span(second, second) for second in seconds if second != EVER]
    return cut_days.begins_days(spans, timezone) and cut_days.ready(connection, policy, timezone)


def at_seconds(
    connection: Connection, policy: str, timezone: str, currency: str, seconds: Sequence[int]
) -> list[Standing]:
    """`plan_standing.at_seconds`, of the sums where they tell it."""
    if not ready(connection, policy, timezone, seconds):
        return plan_standing.at_seconds(connection, policy, currency, seconds)
    ends = [_LAST if at == EVER else local_date(at, timezone).isoformat() for at in seconds]
    return _until(connection, policy, currency, ends)


def now(connection: Connection, policy: str, timezone: str, currency: str) -> Standing:
    """`plan_standing.now`, of the sums where they tell it."""
    if not ready(connection, policy, timezone):
        return plan_standing.now(connection, currency)
    return _until(connection, policy, currency, [_LAST])[0]


def _until(
    connection: Connection, policy: str, currency: str, ends: Sequence[str]
) -> list[Standing]:
    """What stood when each of these days, in ascending order, began."""
    if not ends:
        return []
    days = cut_days.days_of(zip(["", *ends[:-1]], ends, strict=True))
    query = (
        select(days.c.n, u.c.plan, func.sum(u.c.count), func.sum(u.c.minor))
        .select_from(days.join(u, and_(u.c.day >= days.c.first, u.c.day < days.c.ends)))
        .where(u.c.kind == "stood", u.c.policy == policy, u.c.currency == currency)
        .group_by(days.c.n, u.c.plan)
    )
    changes: list[list[tuple[str, int, int]]] = [[] for _ in ends]
    for n, plan, people, minor in connection.execute(query):
        changes[int(n)].append((plan, int(people), int(minor)))
    customers, amounts, found = Counter[str](), Counter[str](), []
    for change in changes:
        for plan, people, minor in change:
            customers[plan] += people
            amounts[plan] += minor
        found.append(
            {
                plan: Held(customers[plan], amounts[plan])
                for plan in sorted(customers)
                if customers[plan] or amounts[plan]
            }
        )
    return found


def holders(
    connection: Connection,
    policy: str,
    timezone: str,
    currency: str,
    plans_of: Mapping[str, Collection[str]],
) -> dict[str, int]:
    """`plan_features.holders`: who holds several plans of one name is counted once for it."""
    if not ready(connection, policy, timezone):
        return plan_features.holders(connection, currency, plans_of)
    held = now(connection, policy, timezone, currency)
    query = select(u.c.plan, func.sum(u.c.count)).where(
        u.c.kind == "beside", u.c.policy == policy, u.c.currency == currency
    )
    several = [
        (set(plans.split(BESIDE)), int(people))
        for plans, people in connection.execute(query.group_by(u.c.plan))
    ]
    found = {}
    for name, plans in plans_of.items():
        if not plans:
            continue
        own = set(plans)
        once = sum(held[plan].customers for plan in own if plan in held)
        again = sum(
            people * (len(own & besides) - 1) for besides, people in several if own & besides
        )
        found[name] = once - again
    return found
