"""MRR as a step function of each customer, and the movements that its changes make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .fold import CustomerFold, last_known_plan
from .observations import State
from .policy import ENDED, LIVE, Policy
from .rows import MovementRow
from .times import local_date
from .trail import ObjectFold, Step
from .value import CannotValue, item_values

GROUPING_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Worth:
    """From ``at`` on a subscription counts ``minor`` a month in ``currency``."""

    at: int
    subscription_id: str
    currency: str
    minor: int
    plan: str | None
    interval: str | None
    event_id: str
    reconstructed: bool
    stays: bool = False  # worth nothing, and by the policy a customer all the same


@dataclass(frozen=True, slots=True)
class _Change:
    at: int
    before: dict[str, Worth]  # by subscription
    after: dict[str, Worth]
    cause: Worth


def counted(state: State, policy: Policy) -> bool:
    """Whether a subscription in this state is part of MRR."""
    if state["status"] not in policy.statuses:
        return False
    if state["pause"] and not policy.collection_paused:
        return False
    return not (policy.leaves_when_scheduled and winding_down(state))


def winding_down(state: State) -> bool:
    """Live and its end is scheduled, in either of Stripe's two encodings."""
    return state["status"] in LIVE and (
        state["cancel_at"] is not None or bool(state["cancel_at_period_end"])
    )


def movements(fold: CustomerFold) -> tuple[MovementRow, ...]:
    """Every movement of one customer under the rules' policy, oldest first."""
    worths = [w for s in fold.of("subscription").values() for w in worth_of(s, fold)]
    by_currency: dict[str, list[Worth]] = defaultdict(list)
    for worth in worths:
        by_currency[worth.currency].append(worth)
    rows = [
        row
        for currency in sorted(by_currency)
        for row in _currency_movements(fold, currency, by_currency[currency])
    ]
    return tuple(
        sorted(_mark_switches(rows), key=lambda row: (row.occurred_at, row.currency, row.kind))
    )


def worth_of(subscription: ObjectFold, fold: CustomerFold) -> list[Worth]:
    """The step function of one subscription's MRR; what cannot be valued keeps its last value."""
    worths: list[Worth] = []
    known = 0
    if not subscription.born:
        worths += _before_first_sight(subscription, fold)
    for number, step in enumerate(subscription.steps):
        if step.state is not None:
            known = _value(step.state, fold, known)
            minor = known if counted(step.state, fold.rules.policy) else 0
            seen_ended = number == 0 and not subscription.born and step.state["status"] in ENDED
            worths.append(_worth(subscription, step, step.effective, minor, fold, seen_ended))
    return worths


def _value(state: State, fold: CustomerFold, otherwise: int) -> int:
    rules = fold.rules
    try:
        return sum(item_values(state, fold.states("discount"), rules.policy, rules.references))
    except CannotValue:
        return otherwise


def _worth(
    subscription: ObjectFold,
    step: Step,
    at: int,
    minor: int,
    fold: CustomerFold,
    reconstructed: bool,
) -> Worth:
    state = step.state or {}
    seen = replace(subscription, steps=_up_to(subscription.steps, step))
    choice = last_known_plan(seen, fold.rules.catalog)
    return Worth(
        at=at,
        subscription_id=subscription.object_id,
        currency=state.get("currency") or "",
        minor=minor,
        plan=choice.plan.slug if choice.plan else None,
        interval=interval_name(choice.item["price"]) if choice.item else None,
        event_id=step.event_id,
        reconstructed=reconstructed,
        stays=minor == 0 and _given_away(state, fold),
    )


def _given_away(state: State, fold: CustomerFold) -> bool:
    """Whether discounts alone take all of it, under a policy that keeps such a customer."""
    policy = fold.rules.policy
    if not policy.zero_stays_customer or not state or not counted(state, policy):
        return False
    items = [item | {"discounts": []} for item in state["items"]]
    return _value(state | {"discounts": [], "items": items}, fold, 0) > 0


def _up_to(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    return steps[: steps.index(step) + 1]


def interval_name(price: State) -> str | None:
    """``month``, or ``3 month`` for a count other than one."""
    if not price.get("interval"):
        return None
    count = price.get("interval_count") or 1
    return price["interval"] if count == 1 else f"{count} {price['interval']}"


def _before_first_sight(subscription: ObjectFold, fold: CustomerFold) -> list[Worth]:
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
    seen = replace(first, state=state)
    whole = replace(subscription, steps=(seen,))
    return [_worth(whole, seen, start, _value(state, fold, 0), fold, True)]


def _currency_movements(
    fold: CustomerFold, currency: str, worths: Iterable[Worth]
) -> list[MovementRow]:
    changes = _changes(worths)
    rows: list[MovementRow] = []
    index = 0
    while index < len(changes):
        end = index + 1
        anchor = changes[index].at
        day = local_date(anchor, fold.rules.timezone)
        while (
            end < len(changes)
            and changes[end].at < anchor + GROUPING_SECONDS
            and local_date(changes[end].at, fold.rules.timezone) == day
        ):
            end += 1
        row = _movement(fold, currency, changes[index:end], bool(rows))
        if row is not None:
            rows.append(row)
        index = end
    return rows


def _changes(worths: Iterable[Worth]) -> list[_Change]:
    by_second: dict[int, list[Worth]] = defaultdict(list)
    for worth in worths:
        by_second[worth.at].append(worth)
    now: dict[str, Worth] = {}
    changes = []
    for at in sorted(by_second):
        before = dict(now)
        for worth in by_second[at]:
            now[worth.subscription_id] = worth
        if _total(before) != _total(now):
            changes.append(_Change(at, before, dict(now), _cause(before, now)))
    return changes


def _total(worths: dict[str, Worth]) -> int:
    return sum(worth.minor for worth in worths.values())


def _cause(before: dict[str, Worth], after: dict[str, Worth]) -> Worth:
    """The subscription that changed most; of equals the smallest id."""

    def weight(subscription_id: str) -> tuple[int, str]:
        old = before[subscription_id].minor if subscription_id in before else 0
        return -abs(after[subscription_id].minor - old), subscription_id

    return after[min(after, key=weight)]


def _movement(
    fold: CustomerFold, currency: str, changes: Sequence[_Change], moved_before: bool
) -> MovementRow | None:
    first, last = changes[0], changes[-1]
    before, after = _total(first.before), _total(last.after)
    if before == after:
        return None
    cause = _cause(first.before, last.after)
    came_from, went_to = _leading(first.before), _leading(last.after)
    return MovementRow(
        movement_id=f"{fold.customer_id}:{currency}:{last.at}",
        policy=fold.rules.policy.slug,
        customer_id=fold.customer_id,
        currency=currency,
        occurred_at=last.at,
        kind=_kind(first, last, moved_before),
        delta_minor=after - before,
        before_minor=before,
        after_minor=after,
        from_plan=came_from.plan if came_from else None,
        to_plan=went_to.plan if went_to else None,
        from_interval=came_from.interval if came_from else None,
        to_interval=went_to.interval if went_to else None,
        subscription_id=cause.subscription_id,
        event_id=cause.event_id,
        reconstructed=any(change.cause.reconstructed for change in changes),
        switched=False,
    )


def _kind(first: _Change, last: _Change, moved_before: bool) -> str:
    before, after = _total(first.before), _total(last.after)
    if not moved_before:
        return "new"
    if before == 0 and not _stays(first.before):
        return "reactivation"
    if after == 0 and not _stays(last.after):
        return "churn"
    return "expansion" if after > before else "contraction"


def _stays(worths: dict[str, Worth]) -> bool:
    return any(worth.stays for worth in worths.values())


def _leading(worths: dict[str, Worth]) -> Worth | None:
    """The subscription that stands for the customer: the most valuable, then the smallest id."""
    paying = [worth for worth in worths.values() if worth.minor > 0]
    return min(paying, key=lambda w: (-w.minor, w.subscription_id)) if paying else None


def _mark_switches(rows: Sequence[MovementRow]) -> list[MovementRow]:
    """A customer who leaves one currency and enters another within the hour has switched."""

    def partner(row: MovementRow, other: MovementRow) -> bool:
        kinds = {row.kind == "churn", other.kind == "churn"}
        entering = {row.kind, other.kind} & {"new", "reactivation"}
        return (
            row.currency != other.currency
            and abs(row.occurred_at - other.occurred_at) < GROUPING_SECONDS
            and kinds == {True, False}
            and bool(entering)
        )

    return [
        replace(row, switched=True) if any(partner(row, other) for other in rows) else row
        for row in rows
    ]
