"""Subscription items: made, changed and removed by the ``items`` of a request."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import discounts, prices
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]
MOST_ITEMS = 20


def change(sandbox: Sandbox, subscription: Object, entries: list[Object]) -> list[Object]:
    """The items as ``entries`` would leave them: new dicts, the subscription is not touched.

    An entry with ``id`` changes that item (or removes it with ``deleted``), one without adds an
    item. New items and items with a new interval have no period yet. Raises SandboxError.
    """
    items = {item["id"]: dict(item) for item in subscription["items"]["data"]}
    for index, entry in enumerate(entries):
        place = f"items[{index}]"
        if not entry.get("id"):
            made = _new(sandbox, subscription, entry, place)
            items[made["id"]] = made
            continue
        item = items.get(entry["id"])
        if item is None:
            raise SandboxError.missing_resource(
                "subscription_item", entry["id"], param=f"{place}[id]"
            )
        if entry.get("deleted"):
            del items[entry["id"]]
        else:
            _edit(sandbox, subscription, item, entry, place)
    changed = list(items.values())
    check(subscription, changed)
    return changed


def check(subscription: Object, items: list[Object]) -> None:
    """Raises SandboxError unless the items fit together on one subscription."""
    if not items:
        raise SandboxError(
            "A subscription must have at least one active plan.", code=None, param="items"
        )
    if len(items) > MOST_ITEMS:
        raise SandboxError(f"A subscription can have at most {MOST_ITEMS} items.", param="items")
    seen: set[str] = set()
    for item in items:
        price = item["price"]
        if price["id"] in seen:
            raise SandboxError(
                f"Cannot add multiple subscription items with the same plan: {price['id']}",
                param="items",
            )
        seen.add(price["id"])
    first = items[0]["price"]
    if any(item["price"]["currency"] != first["currency"] for item in items):
        raise SandboxError(
            "The price specified only supports one currency, and all items of a subscription "
            "must have the same one.",
            param="items",
        )
    rhythms = {interval_of(item) for item in items}
    if len(rhythms) > 1 and subscription["billing_mode"]["type"] == "classic":
        raise SandboxError(
            "Currency and interval fields must match across all plans on this subscription. "
            "Found mismatch in interval field.",
            param="items",
        )


def interval_of(item: Object) -> tuple[str, int]:
    """(interval, interval_count) of the item's price."""
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def is_metered(item: Object) -> bool:
    return bool(item["price"]["recurring"]["usage_type"] == "metered")


def price_for(sandbox: Sandbox, entry: Object, place: str) -> Object:
    """The recurring price that an entry names, or makes with ``price_data``."""
    if entry.get("price_data"):
        found = prices.create(sandbox, entry["price_data"])
    elif entry.get("price"):
        found = prices.usable(sandbox, entry["price"], param=f"{place}[price]")
    else:
        raise SandboxError.missing_parameter(f"{place}[price]")
    if found["type"] != "recurring":
        raise SandboxError(
            f"The price specified is set to `type=one_time` but this field only accepts prices "
            f"with `type=recurring`: {found['id']}",
            param=f"{place}[price]",
        )
    return found


def _new(sandbox: Sandbox, subscription: Object, entry: Object, place: str) -> Object:
    price = price_for(sandbox, entry, place)
    id = sandbox.new_id("si")
    item: Object = {
        "id": id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": sandbox.now(),
        "current_period_end": 0,
        "current_period_start": 0,
        "current_trial": None,
        "discounts": [],
        "metadata": merge_metadata({}, entry.get("metadata", {})),
        "price": sandbox.snapshot(price),
        "subscription": subscription["id"],
        "tax_rates": [],
    }
    if not is_metered(item):
        item["quantity"] = entry["quantity"] if entry.get("quantity") is not None else 1
    _discount(sandbox, subscription, item, entry, place)
    return item


def _edit(sandbox: Sandbox, subscription: Object, item: Object, entry: Object, place: str) -> None:
    if entry.get("price") or entry.get("price_data"):
        rhythm = interval_of(item)
        item["price"] = sandbox.snapshot(price_for(sandbox, entry, place))
        if interval_of(item) != rhythm:
            item["current_period_end"] = 0
    if is_metered(item):
        item.pop("quantity", None)
    elif entry.get("quantity") is not None:
        item["quantity"] = entry["quantity"]
    else:
        item.setdefault("quantity", 1)
    if "metadata" in entry:
        item["metadata"] = merge_metadata(item["metadata"], entry["metadata"])
    _discount(sandbox, subscription, item, entry, place)


def _discount(
    sandbox: Sandbox, subscription: Object, item: Object, entry: Object, place: str
) -> None:
    if "discounts" in entry:
        item["discounts"] = discounts.apply(
            sandbox,
            entry["discounts"],
            item["discounts"],
            customer=subscription["customer"],
            subscription=subscription["id"],
            item=item["id"],
            param=f"{place}[discounts]",
        )
