"""Events in the shape of the API version that a webhook endpoint is pinned to.

The sandbox keeps the newest shape; each step below takes one release's changes back. A step
works on the event's object and on the old values in ``previous_attributes`` alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from lib.sandbox.events import API_VERSION, rendered

if TYPE_CHECKING:
    from lib.sandbox.core import Sandbox

Object = dict[str, Any]

VERSIONS = (
    "2020-08-27",
    "2022-08-01",
    "2022-11-15",
    "2023-08-16",
    "2023-10-16",
    "2024-04-10",
    "2024-06-20",
    "2024-09-30.acacia",
    "2024-10-28.acacia",
    "2024-11-20.acacia",
    "2024-12-18.acacia",
    "2025-01-27.acacia",
    "2025-02-24.acacia",
    "2025-03-31.basil",
    "2025-04-30.basil",
    "2025-05-28.basil",
    "2025-06-30.basil",
    "2025-07-30.basil",
    "2025-08-27.basil",
    "2025-09-30.clover",
    "2025-10-29.clover",
    "2025-11-17.clover",
    "2025-12-15.clover",
    "2026-01-28.clover",
    "2026-02-25.clover",
    "2026-03-25.dahlia",
    "2026-05-27.dahlia",
    "2026-06-24.dahlia",
    "2026-07-29.dahlia",
    "2026-08-26.dahlia",
    "2026-09-30.endive",
    API_VERSION,
)
"""What an endpoint can be pinned to. Before 2020-08-27 shapes differ further."""


def as_of(sandbox: Sandbox, body: bytes, version: str) -> bytes:
    """The event ``body`` as an endpoint pinned to ``version`` gets it."""
    if version == API_VERSION:
        return body
    event: Object = orjson.loads(body)
    event["api_version"] = version
    data = event["data"]
    for before, kind, step in _STEPS:
        if version[:10] < before and data["object"]["object"] == kind:
            step(sandbox, data["object"], data.get("previous_attributes") or {})
    return orjson.dumps(event)


def _before_endive(sandbox: Sandbox, subscription: Object, previous: Object) -> None:
    subscription.pop("status_details", None)
    previous.pop("status_details", None)
    for item in _items(subscription) + _items(previous):
        item.pop("current_trial", None)


def _before_clover_discount(sandbox: Sandbox, discount: Object, previous: Object) -> None:
    """``source`` replaced the coupon itself."""
    source = discount.pop("source")
    found = sandbox.peek("coupon", source["coupon"])
    discount["coupon"] = rendered(found) if found else {"id": source["coupon"]}


def _before_billing_mode(sandbox: Sandbox, subscription: Object, previous: Object) -> None:
    subscription.pop("billing_mode", None)
    previous.pop("billing_mode", None)


def _before_basil_subscription(sandbox: Sandbox, subscription: Object, previous: Object) -> None:
    """Periods were the subscription's, the discount was one object, items had plans."""
    old_items = _items(previous)
    subscription.update(_periods(_items(subscription)))
    for name, value in _periods(old_items).items():
        if value != subscription[name]:
            previous[name] = value
    for item in _items(subscription) + old_items:
        item.pop("current_period_start", None)
        item.pop("current_period_end", None)
        item["plan"] = _plan(item["price"])
    ids = subscription["discounts"]
    subscription["discount"] = _discount(sandbox, ids[-1]) if ids else None
    items = _items(subscription)
    if len(items) == 1:
        subscription["plan"] = items[0]["plan"]
        subscription["quantity"] = items[0].get("quantity")


def _before_basil_invoice(sandbox: Sandbox, invoice: Object, previous: Object) -> None:
    """``parent``, ``payments`` and ``pricing`` were plain fields of the invoice and its lines."""
    details = ((invoice.pop("parent") or {}).get("subscription_details")) or {}
    payments = sandbox.find("invoice_payment", link=invoice["id"], is_default=True, limit=1)
    intent_id = payments[0]["payment"].get("payment_intent") if payments else None
    intent = sandbox.peek("payment_intent", intent_id)
    taxes = invoice.pop("total_taxes")
    invoice.update(
        subscription=details.get("subscription"),
        subscription_details={"metadata": details["metadata"]} if details else None,
        payment_intent=intent_id,
        charge=intent["latest_charge"] if intent else None,
        paid=invoice["status"] == "paid",
        paid_out_of_band=False,
        discount=None,
        quote=None,
        tax=sum(tax["amount"] for tax in taxes) if taxes else None,
        total_tax_amounts=taxes,
    )
    for name in ("amount_overpaid", "amount_paid_off_stripe", "status_details"):
        invoice.pop(name, None)
    if "status" in previous:
        previous["paid"] = previous["status"] == "paid"
    for line in invoice["lines"]["data"]:
        _age_line(sandbox, line)


def _age_line(sandbox: Sandbox, line: Object) -> None:
    parent = line.pop("parent") or {}
    item = parent.get("subscription_item_details") or {}
    other = parent.get("invoice_item_details") or {}
    pricing = line.pop("pricing") or {}
    found = sandbox.peek("price", (pricing.get("price_details") or {}).get("price"))
    price = None if found is None else rendered(found)
    line.update(
        price=price,
        plan=_plan(price) if price and price["recurring"] else None,
        type="subscription" if item and not item["proration"] else "invoiceitem",
        proration=bool((item or other).get("proration")),
        subscription_item=item.get("subscription_item"),
        invoice_item=(item or other).get("invoice_item"),
        tax_amounts=line.pop("taxes"),
        tax_rates=[],
    )


def _items(subscription: Object) -> list[Object]:
    found: list[Object] = (subscription.get("items") or {}).get("data") or []
    return found


def _periods(items: list[Object]) -> Object:
    if not items:
        return {}
    return {
        "current_period_end": min(item["current_period_end"] for item in items),
        "current_period_start": max(item["current_period_start"] for item in items),
    }


def _discount(sandbox: Sandbox, id: str) -> Object | None:
    found = sandbox.peek("discount", id)
    if found is None:
        return None
    shown = dict(rendered(found))
    _before_clover_discount(sandbox, shown, {})
    return shown


def _plan(price: Object) -> Object:
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": price["transform_quantity"],
        "trial_period_days": None,
        "usage_type": recurring["usage_type"],
    }


Step = Callable[["Sandbox", Object, Object], None]
_STEPS: tuple[tuple[str, str, Step], ...] = (
    ("2026-09-30", "subscription", _before_endive),
    ("2025-09-30", "discount", _before_clover_discount),
    ("2025-06-30", "subscription", _before_billing_mode),
    ("2025-03-31", "subscription", _before_basil_subscription),
    ("2025-03-31", "invoice", _before_basil_invoice),
)
"""(first version without the step, kind, step), newest first."""
