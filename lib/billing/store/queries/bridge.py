"""MRR of now under any policy, from the rows of one, and what each flag moves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    text,
)

from ...domain.bridge import Bridge, Step, across, steps
from ...domain.filters import EVERYTHING
from ...domain.policy import Discounts, Policy
from ...domain.times import DAY
from ..tables import movements as m
from ..tables import subscriptions as s
from ..tables.subscriptions import APART
from . import kept_sums
from .columns import by_bytes

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Lens:
    """``held``: which discounts are off in ``value_minor`` of the rows at hand. ``now``: the second
    at which somebody is past due for too long or not."""

    held: Discounts
    now: int

    def can_tell(self, policy: Policy) -> bool:
        """Whether the rows hold what a subscription is worth to ``policy``."""
        return policy.discounts in (self.held, "all", "none")

    def holding(self, policy: Policy) -> Policy:
        """What rows are folded by, so that they can be looked at through this."""
        return replace(policy, discounts=self.held)

    def mrr(self, policy: Policy) -> ColumnElement[int]:
        """What a row of `subscriptions` counts now under ``policy``; 0 where that is unknown."""
        counts: list[ColumnElement[bool]] = [s.c.status.in_(sorted(policy.statuses))]
        if not policy.collection_paused:
            counts.append(s.c.pause_behavior.is_(None))
        if policy.leaves_when_scheduled:
            counts.append(~s.c.winding_down)
        if policy.past_due_leaves_after_days is not None:
            newest = self.now - policy.past_due_leaves_after_days * DAY
            counts.append(
                or_(
                    s.c.status != "past_due",
                    s.c.past_due_since.is_(None),
                    s.c.past_due_since > newest,
                )
            )
        return case((and_(*counts), func.coalesce(self._value(policy.discounts), 0)), else_=0)

    def _value(self, taken: Discounts) -> ColumnElement[Any]:
        if taken == self.held:
            return s.c.value_minor
        return s.c.discounted_minor if taken == "all" else s.c.gross_minor


def bridges(
    connection: Connection,
    lens: Lens,
    ours: Policy,
    theirs: Policy,
    currencies: Collection[str] = (),
    *,
    check: bool,
    kept: bool = False,
) -> tuple[Bridge, ...]:
    """One bridge a currency, or for each of ``currencies``.

    ``check``: every movement under ``theirs`` is there to be held against. ``kept``: the rows are
    the projection's and ``ours`` its own policy, so that sums tell MRR; a currency in which nothing
    is live and MRR never moved has no bridge then.
    """
    taken = steps(ours, theirs)
    beyond = _beyond(connection, lens, theirs) if check else {}
    told = _kept_totals if kept and all(map(_moves_few, taken)) else _totals
    rows = {row["currency"]: row for row in told(connection, lens, ours, taken)}
    nowhere = int(rows[None]["unvalued"]) if None in rows else 0  # their currency is not told
    found = []
    for code in sorted({*rows, *beyond} - {None}):
        if currencies and code not in currencies:
            continue
        row = rows.get(code)
        moved = [
            (int(row[f"minor_{n}"]), int(row[f"customers_{n}"])) if row else (0, 0)
            for n in range(len(taken))
        ]
        found.append(
            across(
                ours,
                theirs,
                code,
                int(row["from_minor"]) if row else 0,
                moved,
                unexplained=beyond.get(code, (0, 0)) if check else None,
                unvalued=(int(row["unvalued"]) if row else 0) + nowhere,
            )
        )
    return tuple(found)


def _totals(
    connection: Connection, lens: Lens, ours: Policy, taken: Sequence[Step]
) -> Sequence[Row]:
    """``currency, from_minor, unvalued``, and of step n ``minor_n`` and ``customers_n``.

    ``unvalued``: subscriptions that count here and whose value cannot be computed.
    """
    columns: list[Any] = [
        s.c.currency,
        func.sum(lens.mrr(ours)).label("from_minor"),
        func.count(case((s.c.mrr_minor.is_(None), 1))).label("unvalued"),
    ]
    columns += _moved(lens, taken)
    query = select(*columns).group_by(s.c.currency).order_by(by_bytes(s.c.currency))
    return list(connection.execute(query).mappings())


def _moved(lens: Lens, taken: Sequence[Step]) -> Iterator[Any]:
    for number, step in enumerate(taken):
        before, after = lens.mrr(step.before), lens.mrr(step.after)
        yield func.sum(after - before).label(f"minor_{number}")
        moved = case((after != before, s.c.customer_id))
        yield func.count(moved.distinct()).label(f"customers_{number}")


def _kept_totals(
    connection: Connection, lens: Lens, ours: Policy, taken: Sequence[Step]
) -> Sequence[Row]:
    """`_totals`, for which only those rows are read that a step may concern."""
    found: dict[str | None, dict[str, Any]] = {}
    zero = {f"{name}_{n}": 0 for n in range(len(taken)) for name in ("minor", "customers")}
    known = kept_sums.mrr_currencies(connection, ours.slug)
    for code in (*known, *(row["currency"] for row in kept_sums.cells(connection, EVERYTHING))):
        found[code] = {"currency": code, "from_minor": 0, "unvalued": 0, **zero}
    for row in kept_sums.currency_totals(connection):
        found[row["currency"]]["from_minor"] = row["mrr_minor"]
    unknown = select(s.c.currency, func.count()).where(s.c.mrr_minor.is_(None))
    for code, count in connection.execute(unknown.group_by(s.c.currency)):
        nothing = {"currency": code, "from_minor": 0, **zero}
        found.setdefault(code, nothing)["unvalued"] = int(count)
    if taken:
        winding = "winding_down = 1" if connection.dialect.name == "sqlite" else "winding_down"
        apart = text(APART.format(winding=winding))
        query = select(s.c.currency, *_moved(lens, taken)).where(apart)
        for told in connection.execute(query.group_by(s.c.currency)).mappings():
            if told["currency"] in found:
                found[told["currency"]].update(told)
    return list(found.values())


def _moves_few(step: Step) -> bool:
    """Whether it moves no other rows than those that stand apart."""
    before, after = step.before, step.after
    if before.statuses != after.statuses:
        return before.statuses ^ after.statuses == {"paused"}
    return before.past_due_leaves_after_days == after.past_due_leaves_after_days


def _beyond(connection: Connection, lens: Lens, policy: Policy) -> dict[str, tuple[int, int]]:
    """By currency, (amount, customers): by how much movements under ``policy`` exceed what
    subscriptions count. Customers who cancel each other out are customers all the same."""
    each = unexplained(lens, policy).subquery()
    delta = each.c.after_minor - each.c.before_minor
    query = select(each.c.currency, func.sum(delta), func.count()).group_by(each.c.currency)
    return {row[0]: (int(row[1]), int(row[2])) for row in connection.execute(query)}


def unexplained(lens: Lens, policy: Policy) -> Select[Any]:
    """Customers of whom movements under ``policy`` tell another MRR than their subscriptions count:
    ``customer_id, currency, before_minor, after_minor``, counted and told."""
    counted = select(
        s.c.customer_id,
        s.c.currency,
        lens.mrr(policy).label("counted"),
        literal(0).label("told"),
    )
    told = select(m.c.customer_id, m.c.currency, literal(0), m.c.delta_minor).where(
        m.c.policy == policy.slug
    )
    both = counted.union_all(told).subquery()
    return (
        select(
            both.c.customer_id,
            both.c.currency,
            func.sum(both.c.counted).label("before_minor"),
            func.sum(both.c.told).label("after_minor"),
        )
        .group_by(both.c.customer_id, both.c.currency)
        .having(func.sum(both.c.counted) != func.sum(both.c.told))
    )
