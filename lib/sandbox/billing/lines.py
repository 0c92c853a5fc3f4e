"""Invoice lines: what is billed for an item and a period, with its discounts taken off."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import discounts, money, prices
from lib.sandbox.core import Sandbox

Object = dict[str, Any]
Period = tuple[int, int]


def item_line(
    sandbox: Sandbox, subscription: Object, item: Object, period: Period, *, trial: bool = False
) -> Object:
    """The line for one item and period: its price for its quantity, or 0 during a trial."""
    price = item["price"]
    quantity = item.get("quantity")
    metered = price["recurring"]["usage_type"] == "metered"
    units = 0 if metered else quantity or 0
    amount = 0 if trial or metered else money.whole(prices.cost(sandbox, price, units))
    return line(
        sandbox,
        amount=amount,
        currency=price["currency"],
        description=_described(sandbox, price, units, trial=trial),
        period=period,
        price=price,
        quantity=units,
        metadata=subscription["metadata"],
        discount_ids=item["discounts"],
        parent=item_parent(subscription["id"], item["id"], proration=False),
        subscription=subscription["id"],
    )


def line(
    sandbox: Sandbox,
    *,
    amount: int,
    currency: str,
    description: str | None,
    period: Period,
    price: Object | None,
    quantity: int | None,
    metadata: Object,
    discount_ids: list[str],
    parent: Object | None,
    subscription: str | None,
    discountable: bool = True,
) -> Object:
    """A line item without an invoice yet."""
    return {
        "id": sandbox.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": discountable,
        "discounts": list(discount_ids),
        "invoice": None,
        "livemode": False,
        "metadata": metadata,
        "parent": parent,
        "period": {"end": period[1], "start": period[0]},
        "pretax_credit_amounts": [],
        "pricing": None if price is None else pricing(price),
        "quantity": quantity,
        "quantity_decimal": None if quantity is None else str(quantity),
        "subscription": subscription,
        "subtotal": amount,
        "taxes": [],
    }


def pricing(price: Object) -> Object:
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def item_parent(
    subscription: str,
    item: str,
    *,
    proration: bool,
    credited: Object | None = None,
    invoice_item: str | None = None,
) -> Object:
    return {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": invoice_item,
            "proration": proration,
            "proration_details": {"credited_items": credited},
            "subscription": subscription,
            "subscription_item": item,
        },
        "type": "subscription_item_details",
    }


def invoice_item_parent(invoice_item: str, subscription: str | None) -> Object:
    return {
        "invoice_item_details": {
            "invoice_item": invoice_item,
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": subscription,
        },
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }


def discount(sandbox: Sandbox, lines: list[Object], shared: list[str]) -> list[Object]:
    """Take the lines' own and the ``shared`` discounts off; returns total_discount_amounts.

    Item discounts come first, then those of the whole subscription, each on what is left.
    """
    totals: dict[str, int] = {}
    left = [line["amount"] if line["discountable"] else 0 for line in lines]
    own = {id for line in lines for id in line["discounts"]}
    for id in [*sorted(own), *shared]:
        coupon = discounts.coupon_of(sandbox, id)
        chosen = [i for i, line in enumerate(lines) if id in shared or id in line["discounts"]]
        parts = discounts.reductions(coupon, [left[i] for i in chosen])
        for place, off in zip(chosen, parts, strict=True):
            if lines[place]["discountable"]:
                left[place] -= off
                lines[place]["discount_amounts"].append({"amount": off, "discount": id})
        totals[id] = sum(parts)
    return [{"amount": amount, "discount": id} for id, amount in totals.items()]


def product_name(sandbox: Sandbox, price: Object) -> str:
    product = sandbox.peek("product", price["product"])
    return str(product["name"]) if product else "Deleted product"


def _described(sandbox: Sandbox, price: Object, units: int, *, trial: bool) -> str:
    name = product_name(sandbox, price)
    if trial:
        return f"Trial period for {name}"
    recurring = price["recurring"]
    every = recurring["interval"]
    if recurring["interval_count"] > 1:
        every = f"{recurring['interval_count']} {every}s"
    if price["unit_amount"] is None:
        return f"{units} × {name} (per {every})"
    return (
        f"{units} × {name} (at {money.display(price['unit_amount'], price['currency'])} / {every})"
    )
