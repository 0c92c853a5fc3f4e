"""Who moved up: from movements, and from what was seen where MRR did not move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.catalog import Catalog
from ..domain.movements import GROUPING_SECONDS
from ..domain.observations import State
from ..domain.policy import ENDED, Policy, counted
from ..domain.upgrades import Change, Offer, change_between, moved_up, offer_of, steps_up
from ..store.queries import upgrades as queries
from ..store.queries.reading import Connection


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One step up. ``kind`` is the movement's; None where MRR did not move."""

    occurred_at: int
    customer_id: str
    email: str | None
    name: str | None
    kind: str | None
    change: Change
    from_plan: str | None
    to_plan: str | None
    from_interval: str | None
    to_interval: str | None
    delta_minor: int
    currency: str
    subscription_id: str | None
    event_id: str | None
    reconstructed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    policy: Policy
    catalog: Catalog
    currency: str | None
    starts: int | None
    ends: int | None
    until: int | None  # last effective second that was asked for; None = everything stored


def upgrades(moved: Connection, history: Connection, asked: Asked) -> list[Upgrade]:
    """Newest first. ``moved`` has the movements under the policy, ``history`` what was seen."""
    rows = queries.candidates(moved, asked.policy.slug, asked.currency, asked.starts, asked.ends)
    told = queries.told_by(history, {row["event_id"] for row in rows if row["event_id"]})
    found = [made for row in rows if (made := _of_movement(row, told, asked.catalog))]
    found += unmoved(moved, history, asked)
    return sorted(found, key=lambda u: (-u.occurred_at, u.customer_id, u.currency))


def _of_movement(
    row: Mapping[Any, Any],
    told: Mapping[tuple[str, str], tuple[State | None, State | None]],
    catalog: Catalog,
) -> Upgrade | None:
    was, now = told.get((row["event_id"] or "", row["subscription_id"] or ""), (None, None))
    before = offer_of(was, catalog) if was else None
    after = offer_of(now, catalog) if now else None
    if row["kind"] == "contraction" and not _steps_up(row, before, after, catalog):
        return None
    from_plan, from_interval = row["from_plan"], row["from_interval"]
    if row["kind"] == "new" and before is not None:
        # Movements say where MRR came from; a free or trial subscription had a plan all the same.
        from_plan, from_interval = before.plan, before.interval
    return Upgrade(
        occurred_at=row["occurred_at"],
        customer_id=row["customer_id"],
        email=row["email"],
        name=row["name"],
        kind=row["kind"],
        change=_change(row, from_plan, from_interval, before, after),
        from_plan=from_plan,
        to_plan=row["to_plan"],
        from_interval=from_interval,
        to_interval=row["to_interval"],
        delta_minor=row["delta_minor"],
        currency=row["currency"],
        subscription_id=row["subscription_id"],
        event_id=row["event_id"],
        reconstructed=bool(row["reconstructed"]),
    )


def _steps_up(
    row: Mapping[Any, Any], before: Offer | None, after: Offer | None, catalog: Catalog
) -> bool:
    """One of several subscriptions that ends leaves another in the lead: that is no step up."""
    if after is not None and after.status in ENDED:
        return False
    if before is not None and after is not None:
        return moved_up(before, after)
    return steps_up(
        _rank(catalog, row["from_plan"]),
        row["from_interval"],
        _rank(catalog, row["to_plan"]),
        row["to_interval"],
    )


def _rank(catalog: Catalog, plan: str | None) -> int:
    return -1 if plan is None else catalog.plan(plan).rank


def _change(
    row: Mapping[Any, Any],
    from_plan: str | None,
    from_interval: str | None,
    before: Offer | None,
    after: Offer | None,
) -> Change:
    if from_plan != row["to_plan"]:
        return "plan"
    if from_interval != row["to_interval"]:
        return "interval"
    if before is not None and after is not None:
        return change_between(before, after)
    return "quantity"  # another subscription of the same plan


def unmoved(moved: Connection, history: Connection, asked: Asked) -> Iterator[Upgrade]:
    """Steps up that cost the same a month: no movement tells of them."""
    steps = list(_together(queries.repriced(history, asked.starts, asked.ends, asked.until)))
    ups = [step for step in steps if _paid_step_up(step, asked)]
    customers = {step[1] for step in ups}
    near = queries.moved_near(moved, asked.policy.slug, customers)
    named = queries.named(moved, customers)
    for event_id, customer_id, subscription_id, at, was, now in ups:
        currency = now["currency"] or ""
        if asked.currency not in (None, currency):
            continue
        times = near.get((customer_id, currency), [])
        if not times or times[0] > at or any(at <= t < at + GROUPING_SECONDS for t in times):
            continue
        before, after = offer_of(was, asked.catalog), offer_of(now, asked.catalog)
        email, name = named.get(customer_id, (None, None))
        yield Upgrade(
            occurred_at=at,
            customer_id=customer_id,
            email=email,
            name=name,
            kind=None,
            change=change_between(before, after),
            from_plan=before.plan,
            to_plan=after.plan,
            from_interval=before.interval,
            to_interval=after.interval,
            delta_minor=0,
            currency=currency,
            subscription_id=subscription_id,
            event_id=event_id,
            reconstructed=False,
        )


Step = tuple[str, str, str, int, State, State]
"""Event, customer, subscription, second, before and after."""


def _together(seen: Iterable[Step]) -> Iterator[Step]:
    """Changes of one subscription within the hour as one: what is undone at once is no step."""
    held: Step | None = None
    for step in seen:
        if held and held[2] == step[2] and step[3] < held[3] + GROUPING_SECONDS:
            held = (*step[:3], held[3], held[4], step[5])
            continue
        if held:
            yield held
        held = step
    if held:
        yield held


def _paid_step_up(step: Step, asked: Asked) -> bool:
    was, now = step[4], step[5]
    if not (counted(was, asked.policy) and counted(now, asked.policy)):
        return False
    return moved_up(offer_of(was, asked.catalog), offer_of(now, asked.catalog))
