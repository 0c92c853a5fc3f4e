"""What MRR has that will leave it on a known day: scheduled ends and scheduled downgrades.

The rows of a subscription sum to what its committed MRR is less than its MRR, so that MRR without
the whole runway is committed MRR, exactly. A scheduled upgrade is in neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .fold import CustomerFold, choose_plan
from .observations import State
from .rows import RunwayRow, SubscriptionRow
from .value import CannotValue, item_values

_OVER: Final = frozenset({"completed", "released", "canceled"})


def runway_rows(
    fold: CustomerFold, row: SubscriptionRow, state: State
) -> tuple[tuple[RunwayRow, ...], tuple[str, ...]]:
    """The rows of one subscription, soonest first, and the references that they still wait for.

    Nothing leaves of what does not count in MRR under the policy of the fold's rules.
    """
    if not row.live or not row.mrr_minor or row.mrr_minor < 0:
        return (), ()
    missing: list[str] = []
    ends, ends_at = row.winding_down, row.ends_at
    schedule = _attached(fold, row)
    if schedule is not None and not ends and _cancels(schedule, fold):
        ends, ends_at = True, _last_end(schedule)
    steps: list[RunwayRow] = []
    left, plan = row.mrr_minor, row.plan
    for at, phase in _ahead(schedule, row.last_second):
        if ends and ends_at is not None and at >= ends_at:
            break
        sold = _sold(fold, state, phase)
        try:
            worth = sum(
                item_values(
                    sold,
                    fold.states("discount"),
                    fold.rules.policy.discounts,
                    fold.rules.references,
                )
            )
        except CannotValue as problem:
            if problem.awaiting and not problem.awaiting.startswith("discount:"):
                missing.append(problem.awaiting)
            continue
        if worth < left:
            chosen = choose_plan(sold, fold.rules.catalog).plan
            to_plan = chosen.slug if chosen else None
            steps.append(_row(row, len(steps), at, "downgrade", plan, to_plan, left - worth))
            left, plan = worth, to_plan
    if ends and left:
        steps.append(_row(row, len(steps), ends_at, "end", plan, None, left))
    return tuple(steps), tuple(missing)


def _row(
    row: SubscriptionRow,
    step: int,
    at: int | None,
    kind: str,
    plan: str | None,
    to_plan: str | None,
    minor: int,
) -> RunwayRow:
    return RunwayRow(
        subscription_id=row.subscription_id,
        step=step,
        customer_id=row.customer_id,
        at=at,
        kind=kind,
        plan=plan,
        to_plan=to_plan,
        currency=row.currency or "",
        minor=minor,
    )


def _attached(fold: CustomerFold, row: SubscriptionRow) -> State | None:
    """The schedule that steers the subscription now."""
    if row.schedule is None:
        return None
    state = fold.states("schedule").get(row.schedule)
    return None if state is None or state["status"] in _OVER else state


def _ahead(schedule: State | None, seen: int) -> Iterator[tuple[int, State]]:
    """The phases that have not begun, in time.

    No clock says so: a phase that began by the second of the subscription's newest observation is
    in what was observed.
    """
    phases = [] if schedule is None else schedule["phases"]
    coming = [(p["start"], p) for p in phases if p["start"] is not None and p["start"] > seen]
    yield from sorted(coming, key=lambda pair: pair[0])


def _cancels(schedule: State, fold: CustomerFold) -> bool:
    """Stripe sets `cancel_at` by such a schedule, its stand-ins may not. Where MRR leaves when its
    end is scheduled there is nothing left to leave later."""
    return schedule["end_behavior"] == "cancel" and not fold.rules.policy.leaves_when_scheduled


def _last_end(schedule: State) -> int | None:
    ends = [phase["end"] for phase in schedule["phases"] if phase["end"] is not None]
    return max(ends, default=None)


def _sold(fold: CustomerFold, state: State, phase: State) -> State:
    """The subscription as the phase will have it; what a phase does not say stays as it is."""
    known = {item["price"]["id"]: item["price"] for item in state["items"]}
    prices = fold.rules.references.prices
    items = []
    for number, item in enumerate(phase["items"]):
        name = item["price"]
        price = known.get(name) or ({"id": name} | prices[name] if name in prices else None)
        items.append(
            {
                "id": f"{number}",
                "quantity": item["quantity"],
                "discounts": [],
                "price": price or _unknown(name),
            }
        )
    return {**state, "items": items}


def _unknown(name: str | None) -> State:
    """A price of which nothing is known but its id: tiers that are awaited."""
    return {
        "id": name,
        "lookup_key": None,
        "product": None,
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "billing_scheme": "tiered",
        "tiers": None,
        "transform": None,
        "unit_amount_decimal": None,
    }
