"""What has to be done so that the portal is as the catalogue says: field by field, pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from .catalog import Policies
from .observations import State, canonical
from .policy_words import sentences
from .portal_terms import LABELS, MANAGER, Wanted, name_of

Action = Literal["none", "create", "update"]
Level = Literal["red", "amber", "note"]

OFFER: Final = "products"
NOTHING: Final[State] = dict.fromkeys(LABELS) | {OFFER: []}
"""What a configuration that is not there says."""


@dataclass(frozen=True, slots=True)
class LivePortal:
    """One configuration as it is. ``updated``: unix seconds; 0 where that is not known."""

    id: str
    state: State
    updated: int = 0


@dataclass(frozen=True, slots=True)
class PortalChange:
    """One field and its two values. ``field`` is a name of `LABELS`, or ``products.prod_…`` for
    what is offered of one product (``prices`` and ``quantity``, else None)."""

    field: str
    live: Any
    wanted: Any

    @property
    def label(self) -> str:
        head, _, product = self.field.partition(".")
        return f"{LABELS[head]}, {product}" if product else LABELS[head]

    @property
    def differs(self) -> bool:
        return bool(self.live != self.wanted)


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """One plan group. ``untold``: fields that Stripe did not tell of, so nobody can compare."""

    group: str
    action: Action
    configuration_id: str | None
    changes: tuple[PortalChange, ...]
    wanted: State = field(repr=False)
    live: LivePortal | None = field(default=None, repr=False)
    untold: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The changed fields by their names in `LABELS`."""
        return frozenset(change.field.partition(".")[0] for change in self.changes)

    @property
    def words(self) -> tuple[str, ...]:
        """What the configuration that is there does; of one that is not, what it would do."""
        return tuple(sentences(self.live.state if self.live else self.wanted))

    @property
    def compared(self) -> tuple[PortalChange, ...]:
        """Every managed field that could be compared, differing or not."""
        return tuple(_pairs(self.wanted, self.live.state if self.live else NOTHING))


@dataclass(frozen=True, slots=True)
class PortalWarning:
    """Something to look at. ``red``: customers are harmed now."""

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class PortalPlan:
    """``problems``: why nothing may be applied. ``warnings``: what was found in passing.
    ``names``: what people call a price or product, by id."""

    groups: tuple[GroupPlan, ...]
    problems: tuple[str, ...] = ()
    warnings: tuple[PortalWarning, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Nothing to do, and nothing in the way."""
        return not self.problems and all(group.action == "none" for group in self.groups)

    @property
    def todo(self) -> tuple[GroupPlan, ...]:
        return tuple(group for group in self.groups if group.action != "none")

    @property
    def mark(self) -> str:
        """Another one whenever applying would do something else."""
        said = [
            [
                g.group,
                g.action,
                g.configuration_id,
                [[c.field, c.live, c.wanted] for c in g.changes],
            ]
            for g in self.groups
        ]
        return hashlib.sha256(canonical({"groups": said}).encode()).hexdigest()[:16]


def plan(wanted: Wanted, live: Collection[LivePortal], policies: Policies) -> PortalPlan:
    """Compare what is wanted with every configuration there is, in use or not."""
    groups, warnings, used = [], [], set()
    for group, state in sorted(wanted.states.items()):
        chosen, others = choose(group, live, wanted.states)
        warnings += [_doubled(group, chosen, other) for other in others]
        used |= {known.id for known in (chosen, *others) if known is not None}
        groups.append(_group(group, state, chosen))
    warnings += _left_over(live, used)
    warnings += cancels_at_once(live, policies)
    warnings += [PortalWarning("note", note) for note in wanted.notes]
    order: list[Level] = ["red", "amber", "note"]
    warnings.sort(key=lambda warning: order.index(warning.level))
    return PortalPlan(tuple(groups), wanted.problems, tuple(warnings), wanted.names)


def choose(
    group: str, live: Collection[LivePortal], groups: Collection[str]
) -> tuple[LivePortal | None, tuple[LivePortal, ...]]:
    """(the managed configuration of a plan group, further copies that are in use).

    By our metadata; by name only where nothing carries it, and never one that is marked as another
    of the ``groups``. Of several the oldest that is in use: links already minted and notes already
    written name that one.
    """
    mine = [known for known in live if _managed(known, group)]
    if not mine:
        mine = [
            known
            for known in live
            if known.state["name"] == name_of(group)
            and not any(_managed(known, other) for other in groups)
        ]
    mine.sort(key=lambda each: (not each.state["active"], each.state["created"] or 0, each.id))
    if not mine:
        return None, ()
    return mine[0], tuple(known for known in mine[1:] if known.state["active"])


def cancels_at_once(live: Collection[LivePortal], policies: Policies) -> list[PortalWarning]:
    """Configurations that links may use and that end access before what was paid for is over."""
    found = []
    for known in sorted(live, key=lambda each: each.id):
        state = known.state
        concerns = state["managed_by"] == MANAGER or state["is_default"]
        if not (state["active"] and concerns and state["cancellation"]):
            continue
        if state["cancel_mode"] == "at_period_end":
            continue
        which = f"{state['name'] or 'The default configuration'} ({known.id})"
        if policies.cancel == "immediately" and state["managed_by"] == MANAGER:
            said = f"{which} cancels immediately, as [policies] of the catalogue says."
            found.append(PortalWarning("amber", said))
            continue
        found.append(
            PortalWarning(
                "red",
                f"{which} cancels immediately: customers lose at once what they have paid for. "
                "It should cancel at the end of the period.",
            )
        )
    return found


def differences(wanted: State, live: State) -> Iterator[PortalChange]:
    """The managed fields that differ; one that Stripe did not tell of never does."""
    return (pair for pair in _pairs(wanted, live) if pair.differs)


def _pairs(wanted: State, live: State) -> Iterator[PortalChange]:
    for name in LABELS:
        if name not in wanted:
            continue
        if name == OFFER:
            yield from _offers(wanted[name], live[name])
        else:
            yield PortalChange(name, live[name], wanted[name])


def _offers(wanted: list[State], live: list[State] | None) -> Iterator[PortalChange]:
    if live is None:
        return
    mine, theirs = _by_product(wanted), _by_product(live)
    for product in sorted(mine.keys() | theirs.keys()):
        yield PortalChange(f"{OFFER}.{product}", theirs.get(product), mine.get(product))


def _by_product(offers: list[State]) -> Mapping[str, State]:
    return {each["product"]: {k: each[k] for k in ("prices", "quantity")} for each in offers}


def _group(group: str, state: State, chosen: LivePortal | None) -> GroupPlan:
    if chosen is None:
        changes = tuple(c for c in differences(state, NOTHING) if c.wanted not in (None, []))
        return GroupPlan(group, "create", None, changes, state)
    changes = tuple(differences(state, chosen.state))
    untold = (OFFER,) if OFFER in state and chosen.state[OFFER] is None else ()
    action: Action = "update" if changes else "none"
    return GroupPlan(group, action, chosen.id, changes, state, chosen, untold)


def _managed(known: LivePortal, group: str) -> bool:
    return bool(known.state["managed_by"] == MANAGER and known.state["plan_group"] == group)


def _doubled(group: str, chosen: LivePortal | None, other: LivePortal) -> PortalWarning:
    used = chosen.id if chosen else "none"
    return PortalWarning(
        "amber",
        f"The plan group {group} has two managed configurations: {used}, the oldest, is used. "
        f"Deactivate {other.id} in Stripe.",
    )


def _left_over(live: Collection[LivePortal], used: set[str]) -> list[PortalWarning]:
    return [
        PortalWarning(
            "note",
            f"{known.state['name'] or known.id} ({known.id}) is managed here, but the catalogue "
            f"has no plan group {known.state['plan_group'] or 'for it'}. Deactivate it in Stripe.",
        )
        for known in sorted(live, key=lambda each: each.id)
        if known.state["managed_by"] == MANAGER and known.state["active"] and known.id not in used
    ]
