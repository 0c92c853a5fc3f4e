"""What a subscription schedule will change, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .called import offer
from .catalog import Catalog
from .fold import CustomerFold
from .observations import State
from .said import said

_OVER: Final = frozenset({"completed", "released", "canceled"})


@dataclass(frozen=True, slots=True)
class ScheduleAhead:
    """An attached schedule. ``starts_at`` is None when its last phase has begun."""

    schedule_id: str
    subscription_id: str | None
    status: str | None
    starts_at: int | None  # of the next phase
    offers: tuple[str, ...]  # what the next phase sells: "Pro, every month × 3"
    ends_at: int | None  # of the last phase
    end_behavior: str | None  # release · cancel · none


def schedules_ahead(fold: CustomerFold, now: int) -> tuple[ScheduleAhead, ...]:
    """The schedules that still steer a subscription, by id."""
    catalog, prices = fold.rules.catalog, fold.rules.references.prices
    return tuple(
        _ahead(schedule_id, state, catalog, prices, now)
        for schedule_id, state in sorted(fold.states("schedule").items())
        if state["status"] not in _OVER
    )


def _ahead(
    schedule_id: str, state: State, catalog: Catalog, prices: Mapping[str, State], now: int
) -> ScheduleAhead:
    coming = [phase for phase in state["phases"] if (phase["start"] or 0) > now]
    following = min(coming, key=lambda phase: phase["start"]) if coming else None
    ends = [phase["end"] for phase in state["phases"] if phase["end"] is not None]
    return ScheduleAhead(
        schedule_id=schedule_id,
        subscription_id=state["subscription"],
        status=state["status"],
        starts_at=following["start"] if following else None,
        offers=tuple(_offer(item, catalog, prices) for item in following["items"])
        if following
        else (),
        ends_at=max(ends, default=None),
        end_behavior=state["end_behavior"],
    )


def _offer(item: State, catalog: Catalog, prices: Mapping[str, State]) -> str:
    """The plan's name where the price is known, else the price's id."""
    price = {"id": item["price"]} | prices.get(item["price"] or "", {})
    plan = catalog.plan_of(price)
    name = plan.name if plan else item["price"] or said("an unknown price")
    return offer(name, price.get("interval"), price.get("interval_count"), item["quantity"])
