"""The agreements of a customer, taken notice by notice, as subscriptions: see `domain.notices`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .observations import Observation, State
from .providers import Provider, id_of, own_id, provider_of
from .trail import ObjectFold, Step

SETTLES: Final = 60
"""Seconds after a change of plan or agreement in which a cancellation that names no agreement is
taken for the end of what was there before."""

_BEGINS: Final = frozenset({"agreement_created", "plan_assigned"})
_CHANGES: Final = frozenset({"agreement_created", "plan_assigned", "plan_changed"})
_OWES: Final = frozenset({"payment_failed", "invoice_overdue"})
_ABOUT_PEOPLE: Final = frozenset({"subscriber_created"})


def told_by(notice: Observation) -> State:
    if notice.after is None:
        raise ValueError("a notice always tells something")
    return notice.after


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


class Book:
    """The subscriptions of one customer, in the order in which they began."""

    def __init__(self, customer_id: str) -> None:
        self._customer_id = customer_id
        self._provider = provider_of(customer_id)
        self._changed_at: int | None = None
        self.lives: list[_Life] = []

    def take(self, notice: Observation) -> None:
        told, second = told_by(notice), notice.second
        self._let_end(second)
        if told["what"] in _ABOUT_PEOPLE or self._of_what_was(told, second):
            return
        life = self._about(told)
        if life is None:
            if told["what"] != "agreement_cancelled" or not any(each.open for each in self.lives):
                self._begin(notice)
            return  # else it ends what nobody told of, and what is open goes on
        life.last_second = max(life.last_second, second)
        if life.open and self._is_present(life, told):
            before = life.state["items"]
            life.step(second, _next(life.state, told, second, self._provider), notice.event_id)
            if told["what"] in _CHANGES and before and life.state["items"] != before:
                self._changed_at = second
            self._goes_on_as(life, told["agreement"], second)

    def _let_end(self, second: int) -> None:
        """What was scheduled to end by ``second`` has ended: nobody tells of it when it does."""
        for life in self.lives:
            ends_at = life.state["cancel_at"]
            if life.open and ends_at is not None and ends_at <= second:
                life.step(ends_at, _ended(life.state, ends_at), life.steps[-1].event_id)

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
            life.name = self._name(agreement)
        life.agreements.append(agreement)

    def _name(self, agreement: str | None) -> str:
        """Of the subscription that begins with ``agreement``, or of the next one without an id.

        No other customer's can have it, whatever ids they were given: a row has one owner.
        """
        own = f":{len(self.lives) + 1}" if agreement is None else _escaped(agreement)
        return id_of(self._provider, f"{_escaped(own_id(self._customer_id))}:{own}")

    def _begin(self, notice: Observation) -> None:
        told, second = told_by(notice), notice.second
        agreement = told["agreement"]
        begins = told["what"] in _BEGINS
        state = _next(_blank(second if begins else None), told, second, self._provider)
        life = _Life(self._name(agreement), begins, [agreement] if agreement else [])
        life.step(second, state, notice.event_id)
        self.lives.append(life)


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace(":", "%3A")


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
    item: State = {
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
