"""Discounts: which coupon applies to which subscription or item, and from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..domain.observations import State
from .fields import Fields, expanded
from .parse_price import COUPON
from .reading import Context, Reader, Seen


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
        yield COUPON.read(Fields(coupon, "coupon"), context)


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
        if "invoice" not in discount and "invoice_item" not in discount:
            # One that belongs to an invoice alone would pass for the customer's own.
            seen = _read_discount(discount, inner)
            yield replace(seen, customer_id=seen.customer_id or customer_id)
        yield from _discount_parts(discount, inner)


DISCOUNT = Reader("discount", _read_discount, _discount_parts)
