"""What one customer adds to the sums of who stands on which plan with how much MRR, by the day on
which it came to stand there.

Between two movements a customer stands where the later one says that it came from, after the last
where its subscriptions are. So the sums of all days up to one give what `plan_standing` finds when
that day ends, and what it pays on several plans is told of the time after its last movement alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from .plan_moves import UNKNOWN, Held
from .rows import MovementRow
from .turnover import Added, Story, Turn, Turnover, add, day_of

EVER: Final = ""
"""The day of whatever was there before the first movement."""
BESIDE: Final = " "
"""Between the plans of somebody who holds several: no slug has it."""


def of_standing(story: Story, timezone: str, policy: str) -> Turnover:
    """Kind ``stood``: customers and MRR on ``plan`` from ``day`` on; kind ``beside``: who holds
    several plans now, joined by `BESIDE` in ``plan``."""
    found: Turnover = {}
    held, moved = held_now(story), _moved(story, policy)
    for currency in sorted(held.keys() | moved.keys()):
        for starts, ends, plans in _stood(moved.get(currency, ()), held.get(currency, {})):
            for plan, (people, minor) in plans.items():
                since = "" if starts is None else day_of(starts, timezone)
                add(found, Turn("stood", since, policy, currency, plan=plan), Added(people, minor))
                if ends is not None:
                    until = Turn("stood", day_of(ends, timezone), policy, currency, plan=plan)
                    add(found, until, Added(-people, -minor))
        plans = held.get(currency, {})
        if len(plans) > 1:
            several = Turn("beside", EVER, policy, currency, plan=BESIDE.join(sorted(plans)))
            add(found, several, Added(1, sum(part.minor for part in plans.values())))
    return {turn: added for turn, added in found.items() if any(added)}


def held_now(story: Story) -> dict[str, dict[str, Held]]:
    """Currency → plan → what counts in MRR of this customer."""
    found: defaultdict[str, dict[str, Held]] = defaultdict(dict)
    for sold in story.sold.values():
        if sold.currency is not None and sold.mrr_minor is not None and sold.mrr_minor > 0:
            plan = sold.plan or UNKNOWN
            minor = found[sold.currency].get(plan, Held()).minor
            found[sold.currency][plan] = Held(1, minor + sold.mrr_minor)
    return dict(found)


def _moved(story: Story, policy: str) -> dict[str, list[MovementRow]]:
    found: defaultdict[str, list[MovementRow]] = defaultdict(list)
    for row in story.movements:
        if row.policy == policy:
            found[row.currency].append(row)
    for rows in found.values():
        rows.sort(key=lambda each: each.occurred_at)
    return dict(found)


def _stood(
    rows: Sequence[MovementRow], held: Mapping[str, Held]
) -> Iterator[tuple[int | None, int | None, Mapping[str, Held]]]:
    """(since, until, what it stood on): None is ever."""
    since: int | None = None
    for row in rows:
        if row.before_minor > 0:
            yield since, row.occurred_at, {row.from_plan or UNKNOWN: Held(1, row.before_minor)}
        since = row.occurred_at
    yield since, None, held
