"""What a checkout session sells: its lines, the discount, and the totals due today."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lib.sandbox.billing import money, prices
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def build(sandbox: Sandbox, mode: str, given: list[Object]) -> list[Object]:
    """Stripe's line items in the order given; raises SandboxError (400)."""
    lines = [_line(sandbox, place, item) for place, item in enumerate(given)]
    recurring = [line for line in lines if line["price"]["recurring"] is not None]
    if mode == "subscription" and not recurring:
        raise SandboxError(
            "You must provide at least one recurring price in `subscription` mode when using "
            "prices.",
            param="line_items",
        )
    if mode == "payment" and recurring:
        raise SandboxError(
            "You specified `payment` mode but passed a recurring price. Either switch to "
            "`subscription` mode or use only one-time prices.",
            param="line_items",
        )
    if len({line["currency"] for line in lines}) > 1:
        raise SandboxError("All prices must have the same currency.", param="line_items")
    return lines


def discount(lines: list[Object], coupon: Object | None) -> None:
    """Take ``coupon`` off the lines, spread by their share, to the cent."""
    if coupon is None:
        return
    subtotal = sum(line["amount_subtotal"] for line in lines)
    if coupon["percent_off"] is not None:
        off = money.whole(Decimal(subtotal) * Decimal(str(coupon["percent_off"])) / 100)
    else:
        off = min(int(coupon["amount_off"]), subtotal)
    left, remaining = off, subtotal
    for line in lines:
        share = left * line["amount_subtotal"] // remaining if remaining else 0
        line["amount_discount"] = share
        line["amount_total"] = line["amount_subtotal"] - share
        left -= share
        remaining -= line["amount_subtotal"]


def without_charge(lines: list[Object]) -> None:
    """In a trial nothing recurring is due today."""
    for line in lines:
        if line["price"]["recurring"] is not None:
            line.update(amount_subtotal=0, amount_total=0, amount_discount=0)


def subscription_items(lines: list[Object]) -> tuple[list[Object], list[Object]]:
    """(items, add_invoice_items): recurring prices, and one-time prices of the first invoice."""
    items: list[Object] = []
    extra: list[Object] = []
    for line in lines:
        item = {"price": line["price"]["id"]}
        if line["quantity"] is not None:
            item["quantity"] = line["quantity"]
        (extra if line["price"]["recurring"] is None else items).append(item)
    return items, extra


def _line(sandbox: Sandbox, place: int, item: Object) -> Object:
    path = f"line_items[{place}]"
    price = _price(sandbox, item, path)
    metered = (price["recurring"] or {}).get("usage_type") == "metered"
    quantity = item.get("quantity")
    if metered and quantity is not None:
        raise SandboxError(
            "Quantity should not be specified where usage_type is `metered`.",
            param=f"{path}[quantity]",
        )
    if not metered and quantity is None:
        raise SandboxError(
            f"Quantity is required. Add `quantity` to `{path}`.",
            code="parameter_missing",
            param=f"{path}[quantity]",
        )
    amount = 0 if metered else int(price["unit_amount"] or 0) * int(quantity or 0)
    product = sandbox.peek("product", price["product"])
    return {
        "id": sandbox.new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": None if product is None else product["name"],
        "metadata": item.get("metadata") or {},
        "price": {name: value for name, value in price.items() if name != "_"},
        "quantity": quantity,
    }


def _price(sandbox: Sandbox, item: Object, path: str) -> Object:
    if ("price" in item) == ("price_data" in item):
        raise SandboxError(
            "You must specify either `price` or `price_data` when creating a session.",
            param=path,
        )
    if "price_data" in item:
        return prices.create(sandbox, {**item["price_data"], "active": False})
    return prices.usable(sandbox, item["price"], param=f"{path}[price]")
