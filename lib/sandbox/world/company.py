"""The demo company's side of the story: what it sells and how its customers come, pay and leave.

Stories (`ordinary`, `leaving`, `dunning`, ...) speak in these verbs; each verb is one of the
engine's own operations, so every object and event is what an API call would have produced.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lib.sandbox.billing import (
    coupons,
    customers,
    invoices,
    payments,
    prices,
    products,
    schedules,
    subscriptions,
)
from lib.sandbox.core import Sandbox
from lib.sandbox.world import portal_settings
from lib.sandbox.world.calendar import DAY
from lib.sandbox.world.catalogue import COUPONS, PRICES, PRODUCTS
from lib.sandbox.world.names import Identity, Names
from lib.sandbox.world.timeline import Timeline

Object = dict[str, Any]
T = TypeVar("T")
GOOD_CARD = "pm_card_visa"


class Company:
    """Everything a story needs: `timeline` to act later, `random` to choose, verbs to act now."""

    def __init__(self, sandbox: Sandbox, seed: int, start: int, now: int) -> None:
        self.sandbox = sandbox
        self.random = random.Random(f"portside-world:{seed}")
        self.names = Names(self.random)
        self.timeline = Timeline(sandbox)
        self.start = start
        self.now = now
        self.prices: dict[str, str] = {}

    def open_catalogue(self) -> None:
        """Create what is missing of products, prices, coupons and portal settings, now."""
        known = {product["name"]: product["id"] for product in self.sandbox.find("product")}
        held = {price["lookup_key"]: price["id"] for price in self.sandbox.find("price")}
        for slug, name in PRODUCTS:
            made = known.get(name) or products.create(self.sandbox, {"name": name})["id"]
            for price in (entry for entry in PRICES if entry["product"] == slug):
                key = price["lookup_key"]
                if key not in held:
                    held[key] = prices.create(self.sandbox, {**price, "product": made})["id"]
                self.prices[key] = held[key]
        for coupon in COUPONS:
            if self.sandbox.peek("coupon", coupon["id"]) is None:
                coupons.create(self.sandbox, dict(coupon))
        portal_settings.save(self.sandbox, self.prices)

    def later(self, unix: int, action: Callable[..., Any], *given: Any, **named: Any) -> None:
        """Do `action(*given, **named)` at `unix`, if that lies within the simulated time."""
        if unix <= self.now:
            self.timeline.at(unix, lambda: action(*given, **named))

    # -- verbs -----------------------------------------------------------------------------------

    def sign_up(
        self,
        who: Identity,
        *,
        card: str | None = GOOD_CARD,
        org: str | None = None,
        tagged: bool = True,
    ) -> str:
        """A new customer's id; `tagged` puts the org id (default: the slug) into its metadata."""
        params: Object = {"name": who.name, "email": who.email}
        if who.locales:
            params["preferred_locales"] = who.locales
        if tagged:
            params["metadata"] = {"org_id": org or f"org_{who.slug}"}
        if card is not None:
            method = payments.create_method(self.sandbox, card)["id"]
            params["payment_method"] = method
            params["invoice_settings"] = {"default_payment_method": method}
        return str(customers.create(self.sandbox, params)["id"])

    def subscribe(self, customer: str, price: str, *, quantity: int = 1, **params: Any) -> str:
        """A new subscription's id; `price` is a lookup key, `params` are the API's."""
        item: Object = {"price": self.prices[price], "quantity": quantity}
        items = [item, *params.pop("more_items", [])]
        made = subscriptions.create(self.sandbox, {"customer": customer, "items": items, **params})
        return str(made["id"])

    def change(self, subscription: str, **params: Any) -> Object:
        """Update a subscription, with the API's parameters."""
        return subscriptions.update(self.sandbox, subscription, params)

    def switch_price(self, subscription: str, price: str, quantity: int = 1, **more: Any) -> None:
        """Move the first item to another price (a lookup key)."""
        item = self.items(subscription)[0]["id"]
        wanted = {"id": item, "price": self.prices[price], "quantity": quantity}
        self.change(subscription, items=[wanted], **more)

    def cancel_now(self, subscription: str, **details: str) -> None:
        """End a subscription at once; `details` are cancellation_details."""
        params: Object = {"cancellation_details": details} if details else {}
        subscriptions.cancel(self.sandbox, subscription, params)

    def replace_card(self, customer: str, card: str) -> None:
        """Make `card` (a test card's number or token) the customer's default."""
        method = payments.create_method(self.sandbox, card)
        payments.attach(self.sandbox, method["id"], customer)
        settings = {"default_payment_method": method["id"]}
        customers.update(self.sandbox, customer, {"invoice_settings": settings})

    def mend_card(self, customer: str) -> None:
        """A new, good card, with which everything open is paid."""
        self.replace_card(customer, GOOD_CARD)
        for invoice in self.sandbox.find("invoice", customer=customer, status="open"):
            invoices.pay(self.sandbox, invoice["id"], {})

    def schedule_price(self, subscription: str, price: str) -> None:
        """From the current period's end on, the first item is at another price."""
        made = schedules.create(self.sandbox, {"from_subscription": subscription})
        phase = made["phases"][0]
        kept = {
            "start_date": phase["start_date"],
            "end_date": phase["end_date"],
            "items": [
                {"price": item["price"], "quantity": item["quantity"]} for item in phase["items"]
            ],
        }
        later = {"items": [{"price": self.prices[price], "quantity": 1}]}
        params = {"phases": [kept, later], "end_behavior": "release"}
        schedules.update(self.sandbox, made["id"], params)

    # -- looking ---------------------------------------------------------------------------------

    def subscription(self, id: str) -> Object:
        return self.sandbox.get("subscription", id)

    def items(self, subscription: str) -> list[Object]:
        found: list[Object] = self.subscription(subscription)["items"]["data"]
        return found

    def is_live(self, subscription: str) -> bool:
        return self.subscription(subscription)["status"] in {"active", "trialing", "past_due"}

    def period_end(self, subscription: str) -> int:
        return max(int(item["current_period_end"]) for item in self.items(subscription))

    # -- choosing --------------------------------------------------------------------------------

    def moment(self, earliest: int, latest: int) -> int:
        """A second between two others, in working hours more often than at night."""
        unix = self.random.randint(earliest, max(earliest, latest))
        if self.random.random() < 0.7:
            unix = unix - unix % DAY + self.random.randint(8, 19) * 3_600 + unix % 3_600
        return max(earliest, min(unix, latest))

    def pick(self, weights: Mapping[T, float]) -> T:
        """One of the keys, by weight."""
        return self.random.choices(list(weights), weights=list(weights.values()))[0]
