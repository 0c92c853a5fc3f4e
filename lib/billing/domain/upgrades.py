"""What customers moved up to: plan, interval, quantity, price or discount."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from .catalog import Catalog
from .filters import interval_name
from .fold import choose_plan
from .observations import State
from .policy import ENDED
from .value import CannotValue, licensed, months_in

Change = Literal["plan", "interval", "quantity", "price", "discount"]
BEGAN: Final = "began"
"""What people are told of a first payment for the plan that was free or tried: the report's fixed
value for it is ``price``, which nobody changed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a subscription sells in one state. ``months``: how long its interval lasts."""

    plan: str | None
    rank: int
    interval: str | None  # "month", or "3 month"
    months: Fraction | None
    quantity: int
    amounts: tuple[str, ...]  # of its licensed items, a unit each
    discounts: tuple[str, ...]
    status: str


def offer_of(state: State, catalog: Catalog) -> Offer:
    choice = choose_plan(state, catalog)
    price = choice.item["price"] if choice.item else {}
    sold = [item for item in state["items"] if licensed(item)]
    held = [*state["discounts"], *(each for item in sold for each in item["discounts"])]
    return Offer(
        plan=choice.plan.slug if choice.plan else None,
        rank=choice.plan.rank if choice.plan else -1,
        interval=interval_name(price.get("interval"), price.get("interval_count")),
        months=length(interval_name(price.get("interval"), price.get("interval_count"))),
        quantity=sum(1 if item["quantity"] is None else item["quantity"] for item in sold),
        amounts=tuple(sorted(str(item["price"]["unit_amount_decimal"]) for item in sold)),
        discounts=tuple(sorted(held)),
        status=state["status"],
    )


def length(interval: str | None) -> Fraction | None:
    """Months of an interval's name; None where it is unknown."""
    if interval is None:
        return None
    count, _, unit = interval.rpartition(" ")
    try:
        return months_in(unit, int(count) if count else 1)
    except CannotValue:
        return None


def moved_up(before: Offer, after: Offer) -> bool:
    """Whether it sells a higher-ranked plan or a longer interval than before, and still sells."""
    if after.status in ENDED:
        return False
    return steps_up(before.rank, before.interval, after.rank, after.interval)


def steps_up(rank: int, interval: str | None, to_rank: int, to_interval: str | None) -> bool:
    """The same of what movements keep. A plan that is not in the catalogue ranks nowhere."""
    if rank >= 0 and to_rank > rank:
        return True
    here, there = length(interval), length(to_interval)
    return here is not None and there is not None and there > here


def change_between(before: Offer, after: Offer) -> Change:
    """The first thing that differs; where nothing does, what is paid for it."""
    if before.plan != after.plan:
        return "plan"
    if before.interval != after.interval:
        return "interval"
    if before.quantity != after.quantity:
        return "quantity"
    if before.amounts == after.amounts and before.discounts != after.discounts:
        return "discount"
    if before.amounts == after.amounts and before.status == after.status:
        return "discount"  # one that ended by itself
    return "price"


def told_change(kind: str | None, change: str) -> str:
    """``change`` as people are told it."""
    return BEGAN if kind == "new" and change == "price" else change
