"""Lives of subscriptions from Stripe's raw events, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from .opinion import Life, Line, Look, Off

Raw = dict[str, Any]


def lives(events: Iterable[Raw]) -> list[Life]:
    """``events`` are complete and in order: of an object with several in one second the last
    holds."""
    told = list(events)
    coupons = {e["data"]["object"]["id"]: e["data"]["object"] for e in told if _is(e, "coupon")}
    named = {
        e["data"]["object"]["id"]: e["data"]["object"]["source"]["coupon"]
        for e in told
        if _is(e, "discount")
    }
    tiers = {
        e["data"]["object"]["id"]: e["data"]["object"].get("tiers") for e in told if _is(e, "price")
    }

    def off(name: str) -> Off:
        coupon = coupons[named[name]]
        percent = coupon["percent_off"]
        exact = None if percent is None else Fraction(str(percent))
        return Off(exact, coupon["amount_off"], coupon["duration"])

    def line(item: Raw) -> Line:
        price = item["price"]
        recurring = price["recurring"]
        return Line(
            amount=_amount(price, item.get("quantity"), tiers.get(price["id"])),
            interval=recurring["interval"],
            count=recurring["interval_count"],
            metered=recurring["usage_type"] == "metered",
            off=tuple(off(name) for name in sorted(item["discounts"])),
        )

    def look(subscription: Raw) -> Look:
        return Look(
            status=subscription["status"],
            currency=subscription["currency"],
            lines=tuple(line(item) for item in subscription["items"]["data"]),
            off=tuple(off(name) for name in sorted(subscription["discounts"])),
            paused=subscription["pause_collection"] is not None,
            ending=subscription["cancel_at_period_end"] or subscription["cancel_at"] is not None,
            started=subscription["trial_end"] or subscription["start_date"],
            asked=subscription["canceled_at"],
            ended=subscription["ended_at"],
        )

    found: dict[str, Life] = {}
    for event in told:
        if not _is(event, "subscription"):
            continue
        subscription, at = event["data"]["object"], event["created"]
        life = found.get(subscription["id"])
        if life is None:
            born = event["type"] == "customer.subscription.created"
            life = Life(subscription["id"], subscription["customer"], born)
            found[subscription["id"]] = life
            if not born and "previous_attributes" in event["data"]:
                raise AssertionError("this world tells of every creation")
        if subscription["ended_at"] is not None:
            at = subscription["ended_at"]
            life.looks = [(min(was, at), seen) for was, seen in life.looks]
        if life.looks and life.looks[-1][0] == at:
            life.looks.pop()
        life.looks.append((at, look(subscription)))
    return list(found.values())


def _is(event: Raw, kind: str) -> bool:
    return bool(event["data"]["object"].get("object") == kind)


def _amount(price: Raw, quantity: int | None, tiers: list[Raw] | None) -> Fraction:
    units = 1 if quantity is None else quantity
    if price["recurring"]["usage_type"] == "metered":
        return Fraction(0)
    packed = price["transform_quantity"]
    if packed:
        whole, rest = divmod(units, packed["divide_by"])
        units = whole + (1 if rest and packed["round"] == "up" else 0)
    if price["billing_scheme"] == "per_unit":
        return Fraction(price["unit_amount_decimal"]) * units
    total, done = Fraction(0), 0
    for tier in tiers or ():
        top = units if tier["up_to"] is None else min(units, tier["up_to"])
        each = Fraction(tier["unit_amount_decimal"] or 0)
        flat = Fraction(tier["flat_amount_decimal"] or 0)
        if price["tiers_mode"] == "volume":
            if top == units:
                return each * units + flat
        elif top > done:
            total += each * (top - done) + flat
            done = top
    return total
