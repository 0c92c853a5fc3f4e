"""Prices: create, update, lookup keys, and what a quantity of one costs."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from lib.sandbox.billing import money, products
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.expand import includable
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """A price; with ``product_data`` its product too. ``recurring`` makes it a recurring one."""
    product_id = _product(sandbox, params)
    tiers = params.get("tiers")
    scheme = params.get("billing_scheme") or "per_unit"
    amount = _amount(params, scheme)
    recurring = params.get("recurring")
    price: Object = {
        "id": sandbox.new_id("price"),
        "object": "price",
        "active": params.get("active", True),
        "billing_scheme": scheme,
        "created": sandbox.now(),
        "currency": money.currency(params["currency"]),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "nickname": params.get("nickname"),
        "product": product_id,
        "recurring": None if recurring is None else _recurring(recurring),
        "tax_behavior": params.get("tax_behavior") or "unspecified",
        "tiers_mode": params.get("tiers_mode") if scheme == "tiered" else None,
        "transform_quantity": params.get("transform_quantity"),
        "type": "one_time" if recurring is None else "recurring",
        "unit_amount": int(amount) if amount is not None and amount == int(amount) else None,
        "unit_amount_decimal": None if amount is None else money.plain(amount),
        "_": {"link": product_id, "tiers": _tiers(tiers) if tiers else None},
    }
    if params.get("lookup_key"):
        _take_lookup_key(sandbox, price, params)
    sandbox.put(price)
    sandbox.emit("price.created", price)
    return price


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Everything but the amount can change; subscriptions show the change at once."""
    price = sandbox.get("price", id)
    before = sandbox.snapshot(price)
    for name in ("active", "nickname", "tax_behavior"):
        if name in params:
            price[name] = params[name]
    if "metadata" in params:
        price["metadata"] = merge_metadata(price["metadata"], params["metadata"])
    if "lookup_key" in params:
        if params["lookup_key"] is None:
            price["lookup_key"] = None
        else:
            _take_lookup_key(sandbox, price, params)
    sandbox.update(price, before, "price.updated")
    _refresh_items(sandbox, price)
    return price


def by_lookup_key(sandbox: Sandbox, key: str) -> Object | None:
    """The active or inactive price that holds ``key``."""
    found = sandbox.find("price", lookup_key=key, limit=1)
    return found[0] if found else None


def usable(sandbox: Sandbox, id: str, *, param: str) -> Object:
    """The price for a new item. Raises SandboxError for an unknown or inactive one."""
    price = sandbox.get("price", id, param=param)
    if not price["active"]:
        raise SandboxError(
            f"The price specified is inactive. This field only accepts active prices: {id}",
            param=param,
        )
    return price


def tiers_of(sandbox: Sandbox, price_id: str) -> list[Object] | None:
    return (sandbox.get("price", price_id).get("_") or {}).get("tiers")


def cost(sandbox: Sandbox, price: Object, quantity: int) -> Decimal:
    """What ``quantity`` units cost for one interval, in minor units, not rounded."""
    shape = price.get("transform_quantity")
    if shape:
        rounding = ROUND_CEILING if shape["round"] == "up" else ROUND_FLOOR
        parts = Decimal(quantity) / shape["divide_by"]
        quantity = int(parts.to_integral_value(rounding=rounding))
    if price["billing_scheme"] == "per_unit":
        return Decimal(price["unit_amount_decimal"] or 0) * quantity
    tiers = tiers_of(sandbox, price["id"]) or []
    if price["tiers_mode"] == "volume":
        tier = next(t for t in tiers if t["up_to"] is None or quantity <= t["up_to"])
        return _tier_cost(tier, quantity)
    total, start = Decimal(0), 0
    for tier in tiers:
        end = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if end > start or (start == 0 and quantity == 0):
            total += _tier_cost(tier, max(0, end - start))
        if end >= quantity:
            break
        start = end
    return total


def _tier_cost(tier: Object, quantity: int) -> Decimal:
    unit = Decimal(tier["unit_amount_decimal"] or 0)
    return Decimal(tier["flat_amount_decimal"] or 0) + unit * quantity


def _product(sandbox: Sandbox, params: Object) -> str:
    if params.get("product_data"):
        return str(products.create(sandbox, params["product_data"])["id"])
    if not params.get("product"):
        raise SandboxError(
            "You must provide one of `product` or `product_data`.", code="parameter_missing"
        )
    return str(sandbox.get("product", params["product"], param="product")["id"])


def _amount(params: Object, scheme: str) -> Decimal | None:
    """The unit amount. Raises SandboxError unless the parameters fit the billing scheme."""
    whole, exact = params.get("unit_amount"), params.get("unit_amount_decimal")
    if scheme == "tiered":
        if not params.get("tiers") or not params.get("tiers_mode"):
            missing = "tiers" if not params.get("tiers") else "tiers_mode"
            raise SandboxError.missing_parameter(missing)
        return None
    if whole is not None and exact is not None:
        raise SandboxError(
            "You may only specify one of these parameters: unit_amount, unit_amount_decimal."
        )
    if whole is None and exact is None:
        raise SandboxError(
            "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.",
            code="parameter_missing",
            param="unit_amount",
        )
    given: int | Decimal | None = whole if whole is not None else exact
    amount = Decimal(given or 0)
    if amount < 0:
        raise SandboxError(
            "This value must be greater than or equal to 0.",
            code="parameter_invalid_integer",
            param="unit_amount",
        )
    return amount


def _recurring(given: Object) -> Object:
    count = given.get("interval_count") or 1
    longest = {"day": 1095, "week": 156, "month": 36, "year": 3}[given["interval"]]
    if count > longest:
        raise SandboxError(
            "The recurring interval must not be longer than three years.",
            param="recurring[interval_count]",
        )
    return {
        "interval": given["interval"],
        "interval_count": count,
        "meter": given.get("meter"),
        "trial_period_days": None,
        "usage_type": given.get("usage_type") or "licensed",
    }


def _tiers(given: list[Object]) -> list[Object]:
    tiers = []
    for tier in given:
        up_to = tier.get("up_to")
        row: Object = {"up_to": None if up_to == "inf" else up_to}
        for name in ("flat_amount", "unit_amount"):
            exact = tier.get(f"{name}_decimal")
            value = exact if exact is not None else tier.get(name)
            amount = None if value is None else Decimal(value)
            row[name] = int(amount) if amount is not None and amount == int(amount) else None
            row[f"{name}_decimal"] = None if amount is None else money.plain(amount)
        tiers.append(row)
    if tiers[-1]["up_to"] is not None:
        raise SandboxError("The last tier must have `up_to` set to `inf`.", param="tiers")
    return tiers


def _take_lookup_key(sandbox: Sandbox, price: Object, params: Object) -> None:
    key = params["lookup_key"]
    holder = by_lookup_key(sandbox, key)
    if holder is not None and holder["id"] != price["id"]:
        if not params.get("transfer_lookup_key"):
            raise SandboxError(
                f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key"
            )
        before = sandbox.snapshot(holder)
        holder["lookup_key"] = None
        sandbox.update(holder, before, "price.updated")
        _refresh_items(sandbox, holder)
    price["lookup_key"] = key


def _refresh_items(sandbox: Sandbox, price: Object) -> None:
    """Items embed their price: a changed one shows in every subscription."""
    shown = sandbox.snapshot(price)
    for subscription in sandbox.each("subscription"):
        items = subscription["items"]["data"]
        if any(item["price"]["id"] == price["id"] for item in items):
            for item in items:
                if item["price"]["id"] == price["id"]:
                    item["price"] = shown
            sandbox.put(subscription)


@includable("price", "tiers")
def _shown_tiers(sandbox: Sandbox, price: Object) -> list[Object]:
    return tiers_of(sandbox, price["id"]) or []


@includable("price", "currency_options")
def _currency_options(sandbox: Sandbox, price: Object) -> Object:
    return {
        price["currency"]: {
            "custom_unit_amount": None,
            "tax_behavior": price["tax_behavior"],
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": price["unit_amount_decimal"],
        }
    }
