"""Prices, products and coupons: what belongs to no customer."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from typing import Final

from ..domain.observations import State
from .fields import Fields, expanded
from .reading import Context, Reader, Seen


def price_terms(fields: Fields) -> State:
    """What a price says wherever it stands. A legacy plan, the price's older twin, reads alike."""
    recurring = fields.child("recurring") or fields
    interval = recurring.word("interval")
    transform = fields.child("transform_quantity") or fields.child("transform_usage")
    return {
        "lookup_key": fields.word("lookup_key"),
        "product": fields.ident("product"),
        "currency": fields.currency("currency"),
        "unit_amount_decimal": _unit_amount(fields),
        "interval": interval,
        "interval_count": recurring.whole("interval_count") or (1 if interval else None),
        "usage_type": recurring.word("usage_type"),
        "billing_scheme": fields.word("billing_scheme"),
        "tiers_mode": fields.word("tiers_mode"),
        "transform": None
        if transform is None
        else {"divide_by": transform.whole("divide_by"), "round": transform.word("round")},
        "tax_behavior": fields.word("tax_behavior"),
    }


_KNOWN: Final[dict[bytes, State]] = {}
_MOST_KNOWN: Final = 2_000


def known_price(fields: Fields) -> State:
    """A price where it stands in an item, with its id. What reads alike is read once: a company
    sells few prices, and each of its events spells one out. Nobody may change the state."""
    spelled = marshal.dumps(fields.raw, 2)  # tells types apart that compare equal
    found = _KNOWN.get(spelled)
    if found is None:
        found = {"id": fields.own_id()} | price_terms(fields)
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[spelled] = found
    return found


def _unit_amount(fields: Fields) -> str | None:
    for key in ("unit_amount_decimal", "unit_amount", "amount_decimal", "amount"):
        if key in fields:
            return fields.decimal(key)
    return None


def _read_price(fields: Fields, context: Context) -> Seen:
    kind = fields.word("type") or ("recurring" if "interval" in fields else None)
    tiers = [
        {
            "up_to": tier.whole("up_to"),
            "unit_amount_decimal": _unit_amount(tier),
            "flat_amount_decimal": tier.decimal("flat_amount_decimal")
            or tier.decimal("flat_amount"),
        }
        for tier in fields.children("tiers")
    ]
    state = price_terms(fields) | {
        "tiers": tiers or None,
        "active": fields.flag("active"),
        "type": kind,
        "nickname": fields.text("nickname"),
    }
    gone = context.event_type == "price.deleted" or fields.flag("deleted")
    return Seen("price", fields.own_id(), None, state, ended=gone)


def _read_product(fields: Fields, context: Context) -> Seen:
    state: State = {"name": fields.text("name"), "active": fields.flag("active")}
    gone = context.event_type == "product.deleted" or fields.flag("deleted")
    return Seen("product", fields.own_id(), None, state, ended=gone)


def _read_coupon(fields: Fields, context: Context) -> Seen:
    state: State = {
        "percent_off": fields.decimal("percent_off"),
        "amount_off": fields.whole("amount_off"),
        "currency": fields.currency("currency"),
        "duration": fields.word("duration"),
        "duration_in_months": fields.whole("duration_in_months"),
        "name": fields.text("name"),
    }
    gone = context.event_type == "coupon.deleted" or fields.flag("deleted")
    return Seen("coupon", fields.own_id(), None, state, ended=gone)


def price_parts(raw: dict[str, object], context: Context) -> Iterator[Seen]:
    """A price that stands inside an item with more than the item keeps of it: its tiers, or its
    product in full."""
    price = expanded(raw, "price", "price")
    if price is None:
        return
    inner = Context(context.second, context.org_key)
    if price.get("tiers"):
        yield _read_price(Fields(price, "price"), inner)
    product = expanded(price, "product", "product")
    if product is not None:
        yield _read_product(Fields(product, "product"), inner)


PRICE = Reader("price", _read_price)
PRODUCT = Reader("product", _read_product)
COUPON = Reader("coupon", _read_coupon)
