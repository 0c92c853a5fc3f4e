"""One customer's whole story, folded from its observations. Pure, and blind to their order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import field
from typing import Any, Final

from .catalog import Catalog, Plan
from .ledger import Earlier
from .notices import heard
from .observations import NOTICE, Observation, State
from .policy import PRESETS, Policy
from .references import References
from .trail import ObjectFold, Step, fold_object
from .values import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """What the fold is judged by: catalogue, MRR policy, known references, business days.

    ``until``: the second up to which it is made, for a policy that needs a clock.
    """

    catalog: Catalog
    policy: Policy = PRESETS["portside"]
    references: References = field(default_factory=References)
    timezone: str = "UTC"
    until: int | None = None


MANNER: Final = 6
"""To be raised with every change of what a fold gives or of how a standing is stored."""


def mark_of(rules: Rules) -> str:
    """A short mark that differs when rows folded by ``rules`` could differ."""
    said = repr((MANNER, rules.catalog, rules.policy.said, rules.timezone))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CustomerFold:
    """Folds of every object of one customer, by type and then id, ids sorted.

    ``earlier``: of a fold that goes on from a standing (`lib.billing.domain.standing`), what it
    does not carry as objects. ``heard``: made of notices, which only all together say anything.
    """

    customer_id: str
    rules: Rules
    objects: dict[str, dict[str, ObjectFold]]
    earlier: Earlier | None = None
    heard: bool = False

    def of(self, object_type: str) -> dict[str, ObjectFold]:
        return self.objects.get(object_type, {})

    def states(self, object_type: str) -> dict[str, State]:
        """The newest state of each object of a type; those that are gone are left out."""
        return {
            object_id: fold.state
            for object_id, fold in self.of(object_type).items()
            if fold.state is not None
        }

    @property
    def all(self) -> list[ObjectFold]:
        return [fold for folds in self.objects.values() for fold in folds.values()]


def fold_customer(
    customer_id: str, observations: Sequence[Observation], rules: Rules
) -> CustomerFold:
    """Fold one customer's observations; repeated ones count once.

    Any order, any repetition and any grouping of the same observations give an equal result.
    """
    by_object: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in observations:
        by_object[observation.object_type, observation.object_id].append(observation)
    objects: dict[str, dict[str, ObjectFold]] = defaultdict(dict)
    told = by_object.pop((NOTICE, customer_id), None)
    for (object_type, object_id), seen in sorted(by_object.items()):
        objects[object_type][object_id] = fold_object(seen)
    for object_type, folds in (heard(told) if told else {}).items():
        objects[object_type] |= folds
    return CustomerFold(customer_id, rules, dict(objects), heard=told is not None)


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """Which plan a subscription's items sell: the highest-ranked mapped item decides."""

    plan: Plan | None
    item: dict[str, Any] | None  # the deciding item
    resolved: bool  # every licensed item of a plan price is in the catalogue
    plans: tuple[Plan, ...]


def choose_plan(state: State, catalog: Catalog) -> PlanChoice:
    """Map a subscription's items to plans; unmapped items never decide while one is mapped."""
    items = state["items"]
    mapped = [(plan, item) for item in items if (plan := catalog.plan_of(item["price"]))]
    if not mapped:
        return PlanChoice(None, items[0] if items else None, False, ())
    if len(items) == 1:
        plan, item = mapped[0]
        return PlanChoice(plan, item, True, (plan,))
    plan, item = min(mapped, key=lambda pair: (-pair[0].rank, pair[0].slug, pair[1]["id"]))
    plans = tuple(sorted({p.slug: p for p, _ in mapped}.values(), key=lambda p: (-p.rank, p.slug)))
    return PlanChoice(plan, item, len(mapped) == len(items), plans)


def last_known_plan(steps: Sequence[Step], catalog: Catalog) -> PlanChoice:
    """That of the newest step of a subscription whose price the catalogue knows; else what there
    is."""
    choice: PlanChoice | None = None
    for step in reversed(steps):
        if step.state is None:
            continue
        found = choose_plan(step.state, catalog)
        if found.plan is not None:
            if choice is None:
                return found
            return PlanChoice(found.plan, choice.item, False, found.plans)
        choice = choice or found
    return choice or PlanChoice(None, None, False, ())
