"""What a subscription counts a month, as a step function of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .filters import interval_name
from .fold import CustomerFold, last_known_plan
from .ledger import Worth
from .observations import State
from .policy import ENDED, counted, overdue_at, winding_down
from .trail import ObjectFold, Step
from .value import CannotValue, item_values


@dataclass(frozen=True, slots=True)
class Told:
    """The steps of one subscription's MRR that the fold's ledger does not hold yet.

    ``value``: the last that could be computed; what cannot be valued keeps it. ``awaiting``: the
    references that any of the steps had to do without, as "coupon:co_1".
    """

    worths: list[Worth]
    value: int
    awaiting: frozenset[str]


def worth_of(subscription: ObjectFold, fold: CustomerFold) -> Told:
    """What is new of one subscription."""
    worths: list[Worth] = []
    missing: set[str] = set()
    known, done = 0, 0
    if fold.earlier is not None:
        known = fold.earlier.ledger.values.get(subscription.object_id, 0)
        done = fold.earlier.steps.get(subscription.object_id, 0)
    if not subscription.born and not done:
        worths += _before_first_sight(subscription, fold, missing)
    lapses = _lapses(subscription, fold)
    for number, step in enumerate(subscription.steps):
        if step.state is not None and number >= done:
            known = _value(step.state, fold, known, missing)
            lapsed = lapses.get(number)
            counts = counted(step.state, fold.rules.policy) and lapsed != step.effective
            minor = known if counts else 0
            seen_ended = number == 0 and not subscription.born and step.state["status"] in ENDED
            told = subscription.steps[: number + 1]
            worth = _worth(subscription, told, step.effective, minor, fold, seen_ended)
            worths.append(worth if counts or not worth.stays else replace(worth, stays=False))
            if minor and lapsed is not None:
                worths.append(replace(worth, at=lapsed, minor=0, reconstructed=False))
    return Told(worths, known, frozenset(missing))


def _lapses(subscription: ObjectFold, fold: CustomerFold) -> dict[int, int]:
    """Step -> when in it the subscription leaves MRR by being past due for too long.

    A step that begins beyond that time has its own beginning.
    """
    policy, until = fold.rules.policy, fold.rules.until
    if not policy.needs_clock or until is None:
        return {}
    found: dict[int, int] = {}
    since: int | None = None
    steps = subscription.steps
    for number, step in enumerate(steps):
        if step.state is None or step.state["status"] != "past_due":
            since = None
            continue
        since = step.effective if since is None else since
        leaves = overdue_at(since, policy)
        ends = steps[number + 1].effective if number + 1 < len(steps) else None
        if leaves is None or leaves > until:
            continue
        if ends is None or leaves < ends:
            found[number] = max(leaves, step.effective)
    return found


def _value(state: State, fold: CustomerFold, otherwise: int, missing: set[str]) -> int:
    """The monthly value; ``otherwise`` where it cannot be told, and then ``missing`` says why."""
    rules = fold.rules
    try:
        known, taken = fold.states("discount"), rules.policy.discounts
        return sum(item_values(state, known, taken, rules.references))
    except CannotValue as problem:
        # A discount folds its customer anew when it comes; one that is gone never does.
        if problem.awaiting and not problem.awaiting.startswith("discount:"):
            missing.add(problem.awaiting)
        return otherwise


def _worth(
    subscription: ObjectFold,
    steps: Sequence[Step],
    at: int,
    minor: int,
    fold: CustomerFold,
    reconstructed: bool,
) -> Worth:
    """As of the last of ``steps``."""
    state = steps[-1].state or {}
    choice = last_known_plan(steps, fold.rules.catalog)
    return Worth(
        at=at,
        subscription_id=subscription.object_id,
        currency=state.get("currency") or "",
        minor=minor,
        plan=choice.plan.slug if choice.plan else None,
        interval=_interval(choice.item["price"]) if choice.item else None,
        event_id=steps[-1].event_id,
        reconstructed=reconstructed,
        stays=minor == 0 and _given_away(state, fold),
    )


def _given_away(state: State, fold: CustomerFold) -> bool:
    """Whether discounts alone take all of it, under a policy that keeps such a customer."""
    policy = fold.rules.policy
    if not policy.zero_stays_customer or not state or not counted(state, policy):
        return False
    items = [item | {"discounts": []} for item in state["items"]]
    return _value(state | {"discounts": [], "items": items}, fold, 0, set()) > 0


def _interval(price: State) -> str | None:
    return interval_name(price.get("interval"), price.get("interval_count"))


def _before_first_sight(
    subscription: ObjectFold, fold: CustomerFold, missing: set[str]
) -> list[Worth]:
    """A subscription first seen in mid-life began when its trial ended, else when it started."""
    first = subscription.steps[0]
    # An update says what it was before; that is the value first seen.
    state = subscription.origin or first.state
    if state is None:
        return []
    policy = fold.rules.policy
    start = state["trial_end"] or state["start_date"] or state["created"]
    paid = state["status"] == "canceled" or (
        state["status"] in policy.statuses and (policy.collection_paused or not state["pause"])
    )
    if start is None or start >= first.effective or not paid:
        return []
    seen = (replace(first, state=state),)
    begun = _worth(subscription, seen, start, _value(state, fold, 0, missing), fold, True)
    asked = _asked_to_end(state)
    if not policy.leaves_when_scheduled or asked is None or not start < asked < first.effective:
        return [begun]
    return [begun, replace(begun, at=asked, minor=0, stays=False)]


def _asked_to_end(state: State) -> int | None:
    """When the end of what is winding down, or has ended by schedule, was asked for."""
    asked: int | None = state["canceled_at"]
    if asked is None or not (winding_down(state) or state["status"] == "canceled"):
        return None
    return None if asked == state["ended_at"] else asked
