"""What a month's runway said at its start, against what really left in it. Pure.

Both sides close. Each subscription of the runway came true, was saved or was moved, with all that
was predicted of it; what left is what came true and what nobody had foreseen, and adds up to the
churn and contraction of the month's movements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Fate = Literal["came_true", "saved", "moved", "unforeseen"]
FATES: Final[tuple[Fate, ...]] = ("came_true", "saved", "moved", "unforeseen")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One subscription that the runway had in the month, as known when the month began."""

    customer_id: str
    currency: str
    subscription_id: str
    kind: str  # end · downgrade; an end where both were to come
    plan: str | None
    at: int  # the last of its days in the month
    minor: int  # what was to leave, above 0
    gone_minor: int  # how much less it counts in MRR at the month's end than at its start
    stands: bool  # at the month's end it is still on the runway


@dataclass(frozen=True, slots=True)
class Fell:
    """What churn and contraction took in the month, by the subscription that caused it."""

    customer_id: str
    currency: str
    subscription_id: str | None
    kind: str  # churn · contraction, the latest
    plan: str | None  # what was left, by the latest
    at: int  # of the latest
    minor: int  # above 0


@dataclass(frozen=True, slots=True)
class Tested:
    """One amount and what became of it. ``counts``: whether its subscription is counted here; what
    a subscription that came true took beyond what was predicted is an amount alone."""

    customer_id: str
    currency: str
    subscription_id: str | None
    fate: Fate
    kind: str
    plan: str | None
    planned_at: int | None
    left_at: int | None
    minor: int
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Amount:
    """Subscriptions and minor units."""

    subscriptions: int = 0
    minor: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.subscriptions + other.subscriptions, self.minor + other.minor)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The month in one currency."""

    currency: str
    came_true: Amount = Amount()
    saved: Amount = Amount()
    moved: Amount = Amount()
    unforeseen: Amount = Amount()

    @property
    def predicted(self) -> Amount:
        return self.came_true + self.saved + self.moved

    @property
    def left(self) -> Amount:
        return self.came_true + self.unforeseen


def back_test(foreseen: Iterable[Foreseen], fell: Iterable[Fell]) -> tuple[Tested, ...]:
    """What became of every predicted subscription, and what left besides, by customer.

    A prediction comes true when its subscription lost that much and its customer's MRR fell by it:
    who moved to another subscription at once has stayed.
    """
    expected: defaultdict[tuple[str, str], list[Foreseen]] = defaultdict(list)
    for each in foreseen:
        expected[each.customer_id, each.currency].append(each)
    happened: defaultdict[tuple[str, str], list[Fell]] = defaultdict(list)
    for one in fell:
        happened[one.customer_id, one.currency].append(one)
    return tuple(
        row
        for key in sorted(expected.keys() | happened.keys())
        for row in _of_customer(expected[key], happened[key])
    )


def _of_customer(expected: Sequence[Foreseen], happened: Sequence[Fell]) -> list[Tested]:
    left = {one.subscription_id: one.minor for one in happened}
    rows: list[Tested] = []
    true: set[str | None] = set()
    for each in sorted(expected, key=lambda e: (e.at, e.subscription_id)):
        if each.gone_minor >= each.minor and sum(left.values()) >= each.minor:
            _take(left, each)
            true.add(each.subscription_id)
            rows.append(_predicted(each, "came_true", _when(each, happened)))
        else:
            rows.append(_predicted(each, "moved" if each.stands else "saved", None))
    rows += [
        Tested(
            customer_id=one.customer_id,
            currency=one.currency,
            subscription_id=one.subscription_id,
            fate="unforeseen",
            kind="end" if one.kind == "churn" else "downgrade",
            plan=one.plan,
            planned_at=None,
            left_at=one.at,
            minor=left[one.subscription_id],
            counts=one.subscription_id not in true,
        )
        for one in happened
        if left[one.subscription_id]
    ]
    return rows


def _take(left: dict[str | None, int], each: Foreseen) -> None:
    """Changes close to each other are one movement of one subscription, so that another's may hold
    what this one lost."""
    missing = each.minor
    for name in sorted(left, key=lambda name: (name != each.subscription_id, name or "")):
        taken = min(left[name], missing)
        left[name] -= taken
        missing -= taken


def _when(each: Foreseen, happened: Sequence[Fell]) -> int:
    own = [one.at for one in happened if one.subscription_id == each.subscription_id]
    return max(own or [one.at for one in happened])


def _predicted(each: Foreseen, fate: Fate, left_at: int | None) -> Tested:
    return Tested(
        customer_id=each.customer_id,
        currency=each.currency,
        subscription_id=each.subscription_id,
        fate=fate,
        kind=each.kind,
        plan=each.plan,
        planned_at=each.at,
        left_at=left_at,
        minor=each.minor,
    )


def outcomes(rows: Iterable[Tested]) -> tuple[Outcome, ...]:
    """The sums of each currency, by currency."""
    sums: defaultdict[str, dict[Fate, Amount]] = defaultdict(dict)
    for row in rows:
        held = sums[row.currency]
        held[row.fate] = held.get(row.fate, Amount()) + Amount(int(row.counts), row.minor)
    return tuple(Outcome(currency, **held) for currency, held in sorted(sums.items()))
