"""Prices, products, coupons and the discounts that apply them."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.observations import State
from .fields import Fields, expanded
from .reading import Context, Reader, Seen


def price_terms(fields: Fields) -> State:
    """What a price says wherever it stands. A legacy plan, the price's older twin, reads alike."""
    recurring = fields.child("recurring") or fields
    transform = fields.child("transform_quantity") or fields.child("transform_usage")
    return {
        "lookup_key": fields.word("lookup_key"),
        "product": fields.ident("product"),
        "currency": fields.currency("currency"),
        "unit_amount_decimal": _unit_amount(fields),
        "interval": recurring.word("interval"),
        "interval_count": recurring.whole("interval_count"),
        "usage_type": recurring.word("usage_type"),
        "billing_scheme": fields.word("billing_scheme"),
        "tiers_mode": fields.word("tiers_mode"),
        "transform": None
        if transform is None
        else {"divide_by": transform.whole("divide_by"), "round": transform.word("round")},
        "tax_behavior": fields.word("tax_behavior"),
    }


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


def _read_discount(fields: Fields, context: Context) -> Seen:
    # Up to 2025-08 a discount embeds its coupon, later it names it (`source`). The terms are read
    # from the coupon alone, or one history rendered in two versions would differ.
    source = fields.child("source") or fields
    gone = context.event_type == "customer.discount.deleted" or fields.flag("deleted")
    state: State = {
        "coupon": source.ident("coupon"),
        "percent_off": None,
        "amount_off": None,
        "currency": None,
        "duration": None,
        "duration_in_months": None,
        "start": fields.moment("start"),
        "end": fields.moment("end"),
        "subscription": fields.ident("subscription"),
        "item": fields.ident("subscription_item"),
        "deleted": gone,
    }
    name = discount_id(fields)
    return Seen("discount", name, fields.ident("customer"), state, ended=gone)


def _discount_parts(fields: Fields, context: Context) -> Iterator[Seen]:
    coupon = expanded((fields.child("source") or fields).raw, "coupon", "coupon")
    if coupon is not None:
        yield _read_coupon(Fields(coupon, f"coupon {coupon.get('id')!r}"[:80]), context)


def discount_id(fields: Fields) -> str:
    """The discount's id; before 2020 it had none and its coupon, on its owner, names it."""
    if "id" in fields:
        return fields.own_id()
    source = fields.child("source") or fields
    owner = fields.ident("subscription") or fields.ident("customer")
    coupon = source.ident("coupon")
    if coupon is None or owner is None:
        fields.refuse("id", "an id", None)
    return f"{owner}:{coupon}"[:255]


def discount_ids(fields: Fields) -> list[str]:
    """The ids of the discounts on an object, sorted: ``discounts`` (ids or objects) or the older
    single ``discount``."""
    found = set()
    if fields.raw.get("discounts") is not None:
        for index, value in enumerate(fields.elements("discounts")):
            if type(value) is dict:
                found.add(discount_id(Fields(value, "discount")))
            else:
                name = Fields({"id": value}, "discount list").ident("id")
                if name is None:
                    fields.refuse(f"discounts[{index}]", "an id or a discount", value)
                found.add(name)
    elif fields.raw.get("discount") is not None:
        single = fields.child("discount")
        if single is not None:
            found.add(discount_id(single))
    return sorted(found)


def discount_parts(fields: Fields, customer_id: str | None, context: Context) -> Iterator[Seen]:
    """The discounts that stand inside an object in full, and their coupons."""
    owned = [v for v in fields.elements("discounts") if type(v) is dict and v.get("object")]
    if not owned and type(fields.raw.get("discount")) is dict:
        owned = [fields.raw["discount"]]
    inner = Context(context.second, context.org_key)
    for raw in owned:
        discount = Fields(raw, "discount")
        seen = _read_discount(discount, inner)
        yield Seen(
            seen.object_type,
            seen.object_id,
            seen.customer_id or customer_id,
            seen.state,
            ended=seen.ended,
        )
        yield from _discount_parts(discount, inner)


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
DISCOUNT = Reader("discount", _read_discount, _discount_parts)
