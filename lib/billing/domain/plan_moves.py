"""How a plan got from its opening to its closing: who came to it from where, who went where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, cast

from . import churn_rates as rates
from .filters import Filters, clean

UNKNOWN: Final = ""
"""The plan of a price that the catalogue does not know."""

NEW: Final = "+new"
RETURNED: Final = "+returned"
ADDED: Final = "+added"
LEFT: Final = "-left"

ARRIVALS: Final = (NEW, RETURNED, ADDED)
"""Where somebody comes from who was on no plan, or who holds another one besides."""


class Held(NamedTuple):
    """Customers of a plan and their MRR on it, minor units."""

    customers: int = 0
    minor: int = 0

    def plus(self, other: Held) -> Held:
        return Held(self.customers + other.customers, self.minor + other.minor)

    @property
    def arpa(self) -> int | None:
        """MRR ÷ customers, rounded half up once; None of nobody."""
        return rates.in_minor(rates.arpa(self.minor, self.customers))


NOTHING: Final = Held()


class Move(NamedTuple):
    """Everyone who went one way. ``was``: a plan, or one of `ARRIVALS`; ``now``: a plan, or `LEFT`.

    ``before`` and ``after``: their MRR on the plan they came from and on the one they went to.
    """

    was: str
    now: str
    customers: int
    before: int
    after: int

    @property
    def key(self) -> str:
        return f"{self.was}~{self.now}"

    @property
    def delta(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan from opening to closing; what is lost is below zero.

    ``changed``: what those who stayed on the plan did to its MRR; it moves no customer.
    """

    plan: str
    opening: Held
    new: Held
    returned: Held
    added: Held
    came: Held
    changed: Held
    went: Held
    left: Held

    @property
    def closing(self) -> Held:
        total = self.opening
        for part in (
            self.new,
            self.returned,
            self.added,
            self.came,
            self.changed,
            self.went,
            self.left,
        ):
            total = total.plus(part)
        return total


_PARTS: Final = {NEW: "new", RETURNED: "returned", ADDED: "added"}


def plan_lines(opening: Mapping[str, Held], moves: Iterable[Move]) -> tuple[PlanLine, ...]:
    """Every plan that somebody was on, came to or left, by slug."""
    found: dict[str, PlanLine] = {
        plan: PlanLine(plan, held, *[NOTHING] * 7) for plan, held in opening.items()
    }

    def add(plan: str, part: str, held: Held) -> None:
        line = found.get(plan) or PlanLine(plan, *[NOTHING] * 8)
        found[plan] = replace(line, **{part: getattr(line, part).plus(held)})

    for move in moves:
        if move.was == move.now:
            add(move.was, "changed", Held(0, move.delta))
            continue
        if move.was not in ARRIVALS:
            part = "left" if move.now == LEFT else "went"
            add(move.was, part, Held(-move.customers, -move.before))
        if move.now != LEFT:
            add(move.now, _PARTS.get(move.was, "came"), Held(move.customers, move.after))
    return tuple(found[plan] for plan in sorted(found))


@dataclass(frozen=True, slots=True)
class MoveFilters(Filters):
    """``starts`` and ``ends`` bound the period; ``move``: one way, from where and to where."""

    move: tuple[str, str] | None = None

    def cleaned(self) -> MoveFilters:
        """The same without anything that no database takes."""
        move = self.move and (clean(self.move[0]), clean(self.move[1]))
        return replace(cast(MoveFilters, Filters.cleaned(self)), move=move)
