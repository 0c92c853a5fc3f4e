"""What one customer adds to the sums that lists and key numbers are read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .rows import MovementRow, SubscriptionRow
from .times import local_date, period_start


class Cell(NamedTuple):
    """The key of one sum; in the order of the table's columns."""

    kind: str  # plan_mix · paying · leaving · movement
    bucket: str = ""  # leaving: the Monday of the end; movement: the business day
    policy: str = ""
    plan: str = ""  # "" where no plan is known
    interval: str = ""
    interval_count: int = 0
    currency: str = ""
    tag: str = ""  # movement: its kind


class Sums(NamedTuple):
    """``customers``: distinct ones; of movements, how many. ``minor``: MRR, or what it moved by."""

    subscriptions: int
    customers: int
    minor: int


Contribution = Mapping[Cell, Sums]
NOTHING = Sums(0, 0, 0)


def of_subscriptions(rows: Iterable[SubscriptionRow], timezone: str) -> dict[Cell, Sums]:
    """Plan mix, paying flag and winding-down weeks of one customer's subscriptions."""
    found: dict[Cell, list[int]] = defaultdict(list)
    for row in rows:
        if not row.mrr_minor or row.mrr_minor < 0:
            continue
        currency = row.currency or ""
        plan = row.plan or ""
        mix = Cell(
            "plan_mix",
            plan=plan,
            interval=row.interval or "",
            interval_count=row.interval_count or 0,
            currency=currency,
        )
        found[mix].append(row.mrr_minor)
        found[Cell("paying", currency=currency)].append(row.mrr_minor)
        if row.winding_down and row.ends_at is not None:
            monday = period_start(local_date(row.ends_at, timezone), "week").isoformat()
            found[Cell("leaving", monday, plan=plan, currency=currency)].append(row.mrr_minor)
    return {cell: Sums(len(values), 1, sum(values)) for cell, values in found.items()}


def of_movements(rows: Iterable[MovementRow], timezone: str) -> dict[Cell, Sums]:
    """Movements by business day and kind."""
    found: dict[Cell, Sums] = {}
    for row in rows:
        day = local_date(row.occurred_at, timezone).isoformat()
        cell = Cell("movement", day, row.policy, currency=row.currency, tag=row.kind)
        found[cell] = plus(found.get(cell, NOTHING), Sums(0, 1, row.delta_minor))
    return found


def add_to(total: dict[Cell, Sums], part: Contribution) -> None:
    """Add ``part`` to ``total`` in place."""
    for cell, sums in part.items():
        total[cell] = plus(total.get(cell, NOTHING), sums)


def plus(one: Sums, other: Sums) -> Sums:
    return Sums(*(a + b for a, b in zip(one, other, strict=True)))


def merged(*parts: Contribution) -> dict[Cell, Sums]:
    """The sum of several contributions, without what comes to nothing."""
    total: dict[Cell, Sums] = {}
    for part in parts:
        add_to(total, part)
    return {cell: sums for cell, sums in total.items() if sums != NOTHING}


def minus(contribution: Contribution) -> dict[Cell, Sums]:
    return {cell: Sums(*(-value for value in sums)) for cell, sums in contribution.items()}
