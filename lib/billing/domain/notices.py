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
from dataclasses import replace
from typing import Final

from .agreements import Book, told_by
from .observations import NOTICE, Observation, State
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

Folds = dict[str, dict[str, ObjectFold]]
"""By object type, then id."""


def heard(notices: Iterable[Observation]) -> Folds:
    """The customer and the subscriptions that the notices of one customer make.

    Any order and any repetition of the same notices give an equal result.
    """
    ordered = in_order(notices)
    book = Book(ordered[0].object_id)
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
        return notice.second, RANKS[told_by(notice)["what"]], notice.event_id

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
    named = (told_by(notice)["user"] for notice in reversed(in_order(notices)))
    return next(filter(None, named), None)


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
        told = told_by(notice)
        fresh = {key: told[key] for key in ("org_id", "email", "name") if told[key] is not None}
        known = known | fresh
        yield notice.second, known, notice.event_id
