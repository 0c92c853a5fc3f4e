"""What a subscription is worth a month, item by item, exact until one rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from .money import round_half_up
from .observations import State
from .policy import Discounts
from .providers import Provider, provider_of
from .references import References

MONTHS_IN: Mapping[str, Fraction] = {
    "year": Fraction(12),
    "month": Fraction(1),
    "week": Fraction(12, 52),
    "day": Fraction(12, 365),
}


class CannotValue(Exception):
    """The monthly value cannot be computed; the message says why, ``awaiting`` what would help."""

    def __init__(self, why: str, awaiting: str | None = None) -> None:
        super().__init__(why)
        self.awaiting = awaiting


@dataclass(frozen=True, slots=True)
class Terms:
    """A discount's terms: one of ``percent_off`` and ``amount_off``, and how long it lasts."""

    percent_off: Fraction | None
    amount_off: int | None
    duration: str | None


def months_in(interval: str | None, count: int | None) -> Fraction:
    """How many months ``count`` × ``interval`` last. Raises CannotValue for an unknown interval."""
    if interval is None or interval not in MONTHS_IN or not count or count < 1:
        said = f"{count} × {interval!r}" if interval else "that is missing"
        raise CannotValue(f"the billing interval {said} is unknown")
    return MONTHS_IN[interval] * count


def period_amount(price: State, quantity: int | None, references: References) -> Fraction:
    """What one period of ``quantity`` of a licensed price costs, in minor units."""
    units = quantity if quantity is not None else 1
    transform = price.get("transform")
    if transform:
        size = transform.get("divide_by") or 0
        if size < 1:
            raise CannotValue(f"price {price.get('id')} is sold in packages of no size")
        whole, rest = divmod(units, size)
        units = whole + (1 if rest and transform.get("round") == "up" else 0)
    if price.get("billing_scheme") == "tiered":
        return _tiered(price, units, references)
    if price.get("unit_amount_decimal") is None:
        raise CannotValue(f"price {price.get('id')} has no amount")
    return Fraction(price["unit_amount_decimal"]) * units


def _tiered(price: State, units: int, references: References) -> Fraction:
    tiers = price.get("tiers") or references.prices.get(price["id"], {}).get("tiers")
    if not tiers:
        raise CannotValue(f"the tiers of price {price['id']} are not known", f"price:{price['id']}")
    total, below = Fraction(0), 0
    for tier in tiers:
        up_to = tier["up_to"]
        unit = Fraction(tier["unit_amount_decimal"] or 0)
        flat = Fraction(tier["flat_amount_decimal"] or 0)
        inside = up_to is None or units <= up_to
        if price.get("tiers_mode") == "volume":
            if inside:
                return unit * units + flat
            continue
        portion = (units if inside else up_to) - below
        total += unit * portion + (flat if portion else 0)
        if inside:
            return total
        below = up_to
    raise CannotValue(f"the tiers of price {price['id']} do not reach {units}")


def licensed(item: Mapping[str, Any]) -> bool:
    """Billed by quantity and not by metered usage: the only items that MRR counts."""
    return bool(item["price"].get("usage_type") != "metered")


def item_values(
    state: State, known: Mapping[str, State], taken: Discounts, references: References
) -> list[int]:
    """Monthly minor units of each item of a subscription, in order; 0 for metered ones.

    ``known``: the customer's discounts by id. ``taken``: which are taken off. Raises CannotValue.
    """
    if not state["items"] and state["currency"] is None:
        raise CannotValue("nobody has told what is sold")
    if not state["discounts"] and all(map(_is_plain, state["items"])):
        return [_plain_value(item["quantity"], item["price"]) for item in state["items"]]
    whole = _terms(state["discounts"], known, taken, references)
    gross: list[tuple[Fraction, Fraction] | None] = []
    for item in state["items"]:
        if not licensed(item):
            gross.append(None)
            continue
        price = item["price"]
        provider = provider_of(price["id"])
        if provider is not Provider.STRIPE and price["unit_amount_decimal"] is None:
            raise CannotValue(f"{provider.label} does not tell what this plan costs")
        months = months_in(price["interval"], price["interval_count"])
        own = _terms(item["discounts"], known, taken, references)
        amount = period_amount(price, item["quantity"], references)
        for terms in (*own, *whole):
            if terms.percent_off is not None:
                amount *= 1 - terms.percent_off / 100
        for terms in own:
            amount = max(amount - (terms.amount_off or 0), Fraction(0))
        gross.append((amount, months))
    off = sum(terms.amount_off or 0 for terms in whole)
    return [round_half_up(value) for value in _monthly(gross, off)]


def _is_plain(item: State) -> bool:
    """Whether only a quantity, an amount and an interval say what it is worth; nearly always so."""
    price = item["price"]
    return not (
        item["discounts"]
        or price.get("transform")
        or price.get("billing_scheme") == "tiered"
        or (price["unit_amount_decimal"] is None and licensed(item))
    )


def _plain_value(quantity: int | None, price: State) -> int:
    if price.get("usage_type") == "metered":
        return 0
    amount, every = price["unit_amount_decimal"], price["interval_count"]
    return _a_month(amount, 1 if quantity is None else quantity, price["interval"], every)


@lru_cache(4_096)
def _a_month(amount: str, quantity: int, interval: str | None, count: int | None) -> int:
    return round_half_up(Fraction(amount) * quantity / months_in(interval, count))


def _monthly(gross: Sequence[tuple[Fraction, Fraction] | None], off: int) -> list[Fraction]:
    monthly = [Fraction(0) if g is None else g[0] / g[1] for g in gross]
    total = sum(monthly, Fraction(0))
    if not off or not total:
        return monthly
    # amount_off is taken from an invoice, so an item's share is spread over that item's own period.
    return [
        Fraction(0) if g is None else max(value - off * value / total / g[1], Fraction(0))
        for g, value in zip(gross, monthly, strict=True)
    ]


def _terms(
    ids: Sequence[str],
    known: Mapping[str, State],
    taken: Discounts,
    references: References,
) -> list[Terms]:
    found: list[Terms] = []
    if taken == "none":
        return found
    for discount_id in ids:
        discount = known.get(discount_id)
        if discount is None:
            raise CannotValue(
                f"the terms of discount {discount_id} are not known", f"discount:{discount_id}"
            )
        source: Mapping[str, Any] = discount
        if discount["percent_off"] is None and discount["amount_off"] is None:
            coupon = discount["coupon"]
            if coupon not in references.coupons:
                raise CannotValue(f"the terms of coupon {coupon} are not known", f"coupon:{coupon}")
            source = references.coupons[coupon]
        percent = source["percent_off"]
        if taken == "all" or source["duration"] == "forever":
            found.append(
                Terms(
                    None if percent is None else Fraction(percent),
                    source["amount_off"],
                    source["duration"],
                )
            )
    return found
