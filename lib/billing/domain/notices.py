"""What is told of a customer piece by piece: subscriptions from notices instead of whole states.

Stripe tells with each event what an object now is; other providers tell only that something
happened: a plan was assigned, a payment failed. A *notice* is one such sentence. The notices of a
customer, in their order, make the same subscriptions that Stripe's states do, so that nothing
beyond this module knows the difference.

A customer has one agreement at a time: a new one takes the place of the one before, and the same
subscription goes on. Which agreement a notice is about may be left unsaid; then it is the open one.
Only a cancellation within a minute of a change is taken for the end of what was there before. See
docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from .observations import NOTICE, Observation, State
from .providers import Provider, id_of, own_id, provider_of
from .trail import ObjectFold, Step

RANKS: Final = {
    "subscriber_created": 0,
    "agreement_created": 1,
    "plan_assigned": 2,
    "plan_changed": 3,
    "invoice_overdue": 4,
    "payment_failed": 5,
    "payment_succeeded": 6,
    "agreement_cancelled": 7,
}
"""What a notice may be about -> its place within a second, which nobody tells: what begins comes
before what ends, and money that came in after money that did not."""

SETTLES: Final = 60
"""Seconds after a change of plan or agreement in which a cancellation that names no agreement is
taken for the end of what was there before."""

_BEGINS: Final = frozenset({"agreement_created", "plan_assigned"})
_CHANGES: Final = frozenset({"agreement_created", "plan_assigned", "plan_changed"})
_OWES: Final = frozenset({"payment_failed", "invoice_overdue"})
_ABOUT_PEOPLE: Final = frozenset({"subscriber_created"})

Folds = dict[str, dict[str, ObjectFold]]
"""By object type, then id."""


def heard(notices: Iterable[Observation]) -> Folds:
    """The customer and the subscriptions that the notices of one customer make.

    Any order and any repetition of the same notices give an equal result.
    """
    ordered = in_order(notices)
    book = _Book(ordered[0].object_id)
    for notice in ordered:
        book.take(notice)
    subscriptions = {life.name: life.fold() for life in book.lives}
    return {
        "customer": {ordered[0].object_id: _customer(ordered)},
        "subscription": dict(sorted(subscriptions.items())),
    }


def in_order(notices: Iterable[Observation]) -> list[Observation]:
    """Each once, in the order in which they are taken to have happened."""
    unique = {o.event_id: o for o in notices if o.object_type == NOTICE}

    def place(notice: Observation) -> tuple[int, int, str]:
        return notice.second, RANKS[_told(notice)["what"]], notice.event_id

    return sorted(unique.values(), key=place)


def standing(notices: Iterable[Observation]) -> State:
    """What the notices add up to now, to be compared with what they added up to before."""
    return {
        object_id: folded.state
        for folds in heard(notices).values()
        for object_id, folded in folds.items()
    }


def user_of(notices: Iterable[Observation]) -> str | None:
    """The newest person that any notice named, by the id that the provider gave them."""
    named = (_told(notice)["user"] for notice in reversed(in_order(notices)))
    return next(filter(None, named), None)


@dataclass(slots=True)
class _Life:
    """One subscription. ``name``: its first agreement's, once one was told. ``agreements``: every
    one it has had, the present one last."""

    name: str
    born: bool
    agreements: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    last_second: int = 0

    @property
    def state(self) -> State:
        state = self.steps[-1].state
        if state is None:
            raise ValueError("an agreement always has a state")
        return state

    @property
    def open(self) -> bool:
        return bool(self.state["status"] != "canceled")

    def step(self, second: int, state: State, event_id: str) -> None:
        """From ``second`` on it is ``state``; the last of a second counts."""
        self.last_second = second
        if self.steps and self.state == state:
            return
        if self.steps and self.steps[-1].second == second:
            del self.steps[-1]
        if not self.steps or self.state != state:
            self.steps.append(Step(second, second, state, event_id, "proven"))

    def fold(self) -> ObjectFold:
        return ObjectFold(
            object_type="subscription",
            object_id=self.name,
            steps=tuple(self.steps),
            origin=None,
            born=self.born,
            terminal=not self.open,
            gaps=0,
            last_second=self.last_second,
            ambiguous=False,
        )


class _Book:
    """The subscriptions of one customer, in the order in which they began."""

    def __init__(self, customer_id: str) -> None:
        self._customer_id = customer_id
        self._provider = provider_of(customer_id)
        self._changed_at: int | None = None
        self.lives: list[_Life] = []

    def take(self, notice: Observation) -> None:
        told, second = _told(notice), notice.second
        if told["what"] in _ABOUT_PEOPLE or self._of_what_was(told, second):
            return
        life = self._about(told)
        if life is None:
            self._begin(notice)
            return
        life.last_second = max(life.last_second, second)
        if life.open and self._is_present(life, told):
            before = life.state["items"]
            life.step(second, _next(life.state, told, second, self._provider), notice.event_id)
            if told["what"] in _CHANGES and before and life.state["items"] != before:
                self._changed_at = second
            self._goes_on_as(life, told["agreement"], second)

    def _of_what_was(self, told: State, second: int) -> bool:
        """Whether it ends what a change just now has ended already."""
        return (
            told["what"] == "agreement_cancelled"
            and told["agreement"] is None
            and self._changed_at is not None
            and second - self._changed_at <= SETTLES
        )

    def _about(self, told: State) -> _Life | None:
        """The subscription that a notice is about; None: one that begins with it."""
        agreement, what = told["agreement"], told["what"]
        known = [life for life in self.lives if agreement in life.agreements]
        if known:
            return known[-1]
        alive = [life for life in self.lives if life.open]
        if what == "agreement_cancelled" and agreement is not None:
            alive = [life for life in alive if not life.agreements]  # its id was not told until now
        if alive:
            return alive[-1]
        if what in _CHANGES or agreement is not None or not self.lives:
            return None
        return self.lives[-1]  # of what has ended already

    def _is_present(self, life: _Life, told: State) -> bool:
        """Whether a notice is not about an agreement that another has taken the place of."""
        return told["agreement"] not in life.agreements[:-1]

    def _goes_on_as(self, life: _Life, agreement: str | None, second: int) -> None:
        """A new agreement takes the place of the one before."""
        if agreement is None or agreement in life.agreements:
            return
        if life.agreements:
            self._changed_at = second
        else:
            life.name = id_of(self._provider, agreement)
        life.agreements.append(agreement)

    def _begin(self, notice: Observation) -> None:
        told, second = _told(notice), notice.second
        agreement = told["agreement"]
        own = agreement or f"{own_id(self._customer_id)}:{len(self.lives) + 1}"
        begins = told["what"] in _BEGINS
        state = _next(_blank(second if begins else None), told, second, self._provider)
        life = _Life(id_of(self._provider, own), begins, [agreement] if agreement else [])
        life.step(second, state, notice.event_id)
        self.lives.append(life)


def _told(notice: Observation) -> State:
    if notice.after is None:
        raise ValueError("a notice always tells something")
    return notice.after


def _blank(begun_at: int | None) -> State:
    """A subscription of which nothing is known yet but that it is there."""
    return {
        "status": "active",
        "currency": None,
        "collection_method": None,
        "created": begun_at,
        "start_date": begun_at,
        "trial_start": None,
        "trial_end": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "reason": None,
        "feedback": None,
        "comment": None,
        "pause": None,
        "schedule": None,
        "org_id": None,
        "default_payment_method": None,
        "latest_invoice": None,
        "days_until_due": None,
        "discounts": [],
        "items": [],
    }


def _next(state: State, told: State, second: int, provider: Provider) -> State:
    """What an open subscription is after a notice."""
    what = told["what"]
    state = _with_item(state, told, provider)
    if told["org_id"] is not None:
        state = state | {"org_id": told["org_id"]}
    if what in _CHANGES:
        return state | {"cancel_at": None, "canceled_at": None}
    if what in _OWES:
        return state | {"status": "past_due"}
    if what == "payment_succeeded":
        return state | {"status": "active"}
    if what != "agreement_cancelled":
        return state
    ends_at = told["ends_at"]
    if ends_at is not None and ends_at > second:
        return state | {"cancel_at": ends_at, "canceled_at": second}
    return _ended(state | {"canceled_at": state["canceled_at"] or second}, second)


def _ended(state: State, second: int) -> State:
    """Its end, at the latest when it was scheduled to be."""
    return state | {
        "status": "canceled",
        "ended_at": second,
        "canceled_at": state["canceled_at"] or second,
        "cancel_at": None,
    }


def _with_item(state: State, told: State, provider: Provider) -> State:
    """Its one item: the plan that was told last. No period: nobody would tell of the next one."""
    if told["plan"] is None:
        return state
    price = _price(id_of(provider, told["plan"]))
    item = {
        "id": f"{price['id']}:item",
        "quantity": None,
        "period_start": None,
        "period_end": None,
        "discounts": [],
        "price": price,
    }
    return state | {"items": [item]}


def _price(name: str) -> State:
    """The price that stands for a plan key: what it costs was told to nobody."""
    return {
        "id": name,
        "lookup_key": None,
        "product": None,
        "currency": None,
        "unit_amount_decimal": None,
        "interval": None,
        "interval_count": None,
        "usage_type": None,
        "billing_scheme": None,
        "tiers_mode": None,
        "transform": None,
        "tax_behavior": None,
    }


def _customer(ordered: Sequence[Observation]) -> ObjectFold:
    steps: list[Step] = []
    for second, state, event_id in _people(ordered):
        if steps and steps[-1].state == state:
            continue
        if steps and steps[-1].second == second:
            steps[-1] = replace(steps[-1], state=state, event_id=event_id)
            continue
        steps.append(Step(second, second, state, event_id, "proven"))
    return ObjectFold(
        object_type="customer",
        object_id=ordered[0].object_id,
        steps=tuple(steps),
        origin=None,
        born=False,
        terminal=False,
        gaps=0,
        last_second=ordered[-1].second,
        ambiguous=False,
    )


def _people(ordered: Sequence[Observation]) -> Iterator[tuple[int, State, str]]:
    """What is known of the customer after each notice: of each field what was told last."""
    known: State = {
        "org_id": None,
        "email": None,
        "name": None,
        "currency": None,
        "created": None,
        "deleted": False,
        "locale": None,
        "default_payment_method": None,
        "balance": None,
        "delinquent": False,
    }
    for notice in ordered:
        told = _told(notice)
        fresh = {key: told[key] for key in ("org_id", "email", "name") if told[key] is not None}
        known = known | fresh
        yield notice.second, known, notice.event_id
