"""Whose plan, features and limits another catalogue changes: pure, one customer at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from .access import judge
from .catalog import Catalog
from .grants import Access
from .plans import Plan
from .rows import EntitlementRow


@dataclass(frozen=True, slots=True)
class Before:
    """What the default plan was when the stored rows were folded."""

    default: Plan

    def access(self, row: EntitlementRow, now: int) -> Access:
        """What a stored row means at ``now``, whatever today's file says."""
        slug = self.default.slug
        return judge(row, now, Catalog(slug, plans={slug: self.default}))


@dataclass(frozen=True, slots=True)
class Change:
    """One customer whom another catalogue would treat otherwise.

    ``limits``: name -> (before, after), None where there is none. ``unresolved``: the plan was
    known before and would not be.
    """

    customer_id: str
    org_id: str | None
    email: str | None
    from_plan: str
    to_plan: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    limits: Mapping[str, tuple[int | None, int | None]]
    unresolved: bool
    access_before: bool
    access_after: bool


def change(before: Access, after: Access, email: str | None) -> Change | None:
    """What differs for one customer; None when nothing does."""
    gained = tuple(sorted(set(after.features) - set(before.features)))
    lost = tuple(sorted(set(before.features) - set(after.features)))
    limits = {
        name: (before.limits.get(name), after.limits.get(name))
        for name in sorted(before.limits.keys() | after.limits.keys())
        if before.limits.get(name) != after.limits.get(name)
    }
    unresolved = before.plan_resolved and not after.plan_resolved
    same = (before.plan, before.access) == (after.plan, after.access)
    if same and not gained and not lost and not limits and not unresolved:
        return None
    return Change(
        after.customer_id,
        after.org_id,
        email,
        before.plan,
        after.plan,
        gained,
        lost,
        limits,
        unresolved,
        before.access,
        after.access,
    )


Kind = tuple[str, ...]
"""What changes: ("plan", from, to), ("gains", feature), ("loses", feature), ("limit", name, before,
after), ("access", "gained"), ("access", "lost"), ("unresolved",)."""

MOST_NAMES: Final = 5
"""Customers that a tally names for one kind of change; the rows name all."""


def kinds(change: Change) -> Iterator[Kind]:
    """What a change consists of."""
    if change.from_plan != change.to_plan:
        yield "plan", change.from_plan, change.to_plan
    yield from (("gains", key) for key in change.gained)
    yield from (("loses", key) for key in change.lost)
    for name, pair in change.limits.items():
        yield "limit", name, *("none" if each is None else str(each) for each in pair)
    if change.access_before != change.access_after:
        yield "access", "gained" if change.access_after else "lost"
    if change.unresolved:
        yield ("unresolved",)


@dataclass
class Tally:
    """Customers counted by what changes for them. It grows with kinds of changes, not customers."""

    customers: int = 0
    changed: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    names: dict[Kind, list[str]] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        self.changed += 1
        for kind in kinds(change):
            self.counts[kind] += 1
            names = self.names.setdefault(kind, [])
            if len(names) < MOST_NAMES:
                names.append(change.email or change.customer_id)

    def sentence(self) -> str:
        """``41 customers change plan, 3 lose advanced_analytics.``"""
        said = [f"{n:,} {one if n == 1 else many}" for n, one, many in self._parts() if n]
        if not said:
            return f"Nothing changes for any of {self.customers:,} customers."
        first, _, rest = said[0].partition(" ")
        who = "customer" if first == "1" else "customers"
        return f"{first} {who} {rest}{''.join(f', {each}' for each in said[1:])}."

    def _parts(self) -> Iterator[tuple[int, str, str]]:
        """(how many, said of one, said of several)."""
        yield self._sum("plan"), "changes plan", "change plan"
        for verb, many in (("gains", "gain"), ("loses", "lose")):
            for key in sorted(kind[1] for kind in self.counts if kind[0] == verb):
                yield self.counts[verb, key], f"{verb} {key}", f"{many} {key}"
        for name in sorted({kind[1] for kind in self.counts if kind[0] == "limit"}):
            rest = f"another limit of {name}"
            yield self._sum("limit", name), f"gets {rest}", f"get {rest}"
        yield self.counts["access", "gained"], "gains access", "gain access"
        yield self.counts["access", "lost"], "loses access", "lose access"
        yield self.counts[("unresolved",)], "has an unresolved plan", "have an unresolved plan"

    def _sum(self, *start: str) -> int:
        return sum(n for kind, n in self.counts.items() if kind[: len(start)] == start)
