"""Made-up customers: what was observed of them, and the same as lives for the second opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lib.billing.domain.observations import Observation, State
from tests.domain.states import discount, item, price, seen, subscription

from .opinion import Life, Line, Look, Off

T = 1_700_006_400  # a midnight, UTC
HOUR, DAY = 3_600, 86_400
GAPS = (5, 60, 40 * 60, HOUR - 1, HOUR, 5 * HOUR, DAY, 9 * DAY, 40 * DAY)

COUPONS: Mapping[str, State] = {
    name: {
        "percent_off": percent,
        "amount_off": amount,
        "currency": None,
        "duration": duration,
        "duration_in_months": None,
        "name": None,
    }
    for name, percent, amount, duration in (
        ("FIFTH", "20", None, "forever"),
        ("ODD", "33.33", None, "repeating"),
        ("WHOLE", "100", None, "forever"),
        ("GIFT", "100", None, "repeating"),
        ("FIVER", None, 500, "forever"),
        ("ONCE", None, 777, "once"),
    )
}
DISCOUNTS = {f"di_{name}": discount(coupon=name, duration=None) for name in COUPONS}

STATUSES = (*["active"] * 6, "past_due", "trialing", "unpaid", "paused", "incomplete")


@dataclass(frozen=True)
class World:
    """Everything observed of one customer, and what happened as the second opinion takes it."""

    observations: list[Observation]
    lives: list[Life]


@st.composite
def _items(draw: st.DrawFn, currency: str) -> list[State]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        interval, count = draw(
            st.sampled_from(
                [
                    *(("month", 1), ("month", 3), ("year", 1), ("year", 2)),
                    *(("week", 1), ("week", 2), ("day", 1), ("day", 30)),
                ]
            )
        )
        priced = price(
            f"p{number}",
            draw(st.sampled_from(["0", "2900", "999.5", "0.333", "60000", "5000"])),
            interval,
            count,
            currency=currency,
            usage_type=draw(st.sampled_from(["licensed", "licensed", "licensed", "metered"])),
            transform=draw(st.sampled_from([None, None, {"divide_by": 3, "round": "up"}])),
        )
        own = draw(st.sampled_from([[], [], [], ["di_FIFTH"], ["di_ODD"], ["di_FIVER"]]))
        quantity = draw(st.sampled_from([None, 1, 4, 7]))
        made.append(item(priced, quantity, id=f"si_{number}", discounts=own))
    return made


@st.composite
def _changed(draw: st.DrawFn, state: State, at: int) -> State:
    match draw(st.sampled_from("status status items discounts pause cancel cancel undo".split())):
        case "status":
            return state | {"status": draw(st.sampled_from(STATUSES))}
        case "items":
            return state | {"items": draw(_items(state["currency"]))}
        case "discounts":
            names = draw(st.lists(st.sampled_from(sorted(DISCOUNTS)), max_size=2, unique=True))
            return state | {"discounts": sorted(names)}
        case "pause":
            pause = None if state["pause"] else {"behavior": "void", "resumes_at": None}
            return state | {"pause": pause}
        case "cancel":
            how = draw(st.sampled_from(["at", "period end", "both"]))
            return state | {
                "cancel_at": None if how == "period end" else at + 30 * DAY,
                "cancel_at_period_end": how != "at",
                "canceled_at": at,
            }
    return state | {"cancel_at": None, "cancel_at_period_end": False, "canceled_at": None}


@st.composite
def _life(draw: st.DrawFn, name: str) -> tuple[list[Observation], Life]:
    at = T + draw(st.sampled_from([0, HOUR, 20 * HOUR, DAY])) + draw(st.integers(0, 2)) * 600
    started = at - draw(st.sampled_from([0, DAY, 90 * DAY, 400 * DAY]))
    trial_end = draw(st.sampled_from([None, None, started + 7 * DAY]))
    currency = draw(st.sampled_from(["usd", "usd", "usd", "jpy"]))
    state = subscription(
        draw(st.sampled_from(STATUSES)),
        currency=currency,
        created=started,
        start_date=started,
        trial_end=trial_end,
        items=draw(_items(currency)),
    )
    born = draw(st.booleans())
    told: list[Observation] = []
    life = Life(name, "cus_1", born)
    before: State | None = None
    if not born and draw(st.booleans()):
        asked = at - draw(st.sampled_from([1, DAY, 30 * DAY]))
        state = state | {"cancel_at_period_end": True, "canceled_at": asked}
        if draw(st.booleans()):
            ended = draw(st.sampled_from([asked, at - 1, at]))
            state = state | {"status": "canceled", "ended_at": max(ended, asked)}
            life.looks.append((state["ended_at"], _look(state)))
            return [_tell(name, state, at, kind="terminal")], life
    if not born and draw(st.booleans()):
        before = state
        life.before = _look(state)
        state = draw(_changed(state, at))
        told.append(_tell(name, state, at, before=before, kind="edge"))
    else:
        told.append(_tell(name, state, at, kind="created" if born else "point"))
    life.looks.append((at, _look(state)))
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.sampled_from(GAPS))
        before, state = state, draw(_changed(state, at))
        told.append(_tell(name, state, at, before=before, kind="edge"))
        life.looks.append((at, _look(state)))
    if draw(st.booleans()):
        end = at + draw(st.sampled_from(GAPS))
        told_at = end + draw(st.sampled_from([0, 30]))
        state = state | {"status": "canceled", "ended_at": end}
        state["canceled_at"] = state["canceled_at"] or end
        told.append(_tell(name, state, told_at, kind="terminal"))
        life.looks.append((end, _look(state)))
    return told, life


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One customer with up to three subscriptions."""
    told = [
        seen(state, T - 400 * DAY, kind="created", object_type="discount", object_id=name)
        for name, state in DISCOUNTS.items()
    ]
    lives = []
    for number in range(draw(st.integers(1, 3))):
        own, life = draw(_life(f"sub_{number}"))
        told += own
        lives.append(life)
    return World(told, lives)


def _tell(name: str, state: State, at: int, **how: Any) -> Observation:
    return seen(state, at, object_id=name, event_id=f"evt_{name}_{at}", **how)


def _look(state: State) -> Look:
    return Look(
        status=state["status"],
        currency=state["currency"],
        lines=tuple(_line(held) for held in state["items"]),
        off=tuple(_off(name) for name in state["discounts"]),
        paused=state["pause"] is not None,
        ending=state["cancel_at_period_end"] or state["cancel_at"] is not None,
        started=state["trial_end"] or state["start_date"],
        asked=state["canceled_at"],
        ended=state["ended_at"],
    )


def _line(held: State) -> Line:
    priced = held["price"]
    units = 1 if held["quantity"] is None else held["quantity"]
    if priced["transform"]:
        units = -(-units // priced["transform"]["divide_by"])
    return Line(
        amount=Fraction(priced["unit_amount_decimal"]) * units,
        interval=priced["interval"],
        count=priced["interval_count"],
        metered=priced["usage_type"] == "metered",
        off=tuple(_off(name) for name in held["discounts"]),
    )


def _off(name: str) -> Off:
    coupon = COUPONS[name.removeprefix("di_")]
    percent = coupon["percent_off"]
    return Off(
        None if percent is None else Fraction(percent), coupon["amount_off"], coupon["duration"]
    )
