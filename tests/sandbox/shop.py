"""A small shop in a running sandbox, made through stripe-python, and forms posted over HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin

import httpx
import requests
import stripe

from lib.sandbox.testing import RunningSandbox
from tests.sandbox.kept import once

NOW = 1_790_000_000
RETURN_URL = "https://app.example/billing"
GOOD_CARD = "4242 4242 4242 4242"
FAILS_LATER = "4000 0000 0000 0341"
DECLINED = "4000 0000 0000 9995"

ALL_FEATURES: dict[str, Any] = {
    "customer_update": {"enabled": True, "allowed_updates": ["name", "email", "address"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {
        "enabled": True,
        "cancellation_reason": {"enabled": True, "options": ["too_expensive", "unused", "other"]},
    },
}


@dataclass
class Shop:
    """Prices by name: ``basic`` 10.00, ``pro`` 30.00 a month, ``pro_year`` 300.00 a year."""

    running: RunningSandbox
    stripe: stripe.StripeClient
    products: dict[str, str]
    prices: dict[str, str]
    configuration: str

    @property
    def events(self) -> list[Any]:
        return list(self.stripe.v1.events.list({"limit": 100}).data)

    def event_types(self) -> list[str]:
        return [event.type for event in self.events]

    def events_after(self, id: str) -> list[Any]:
        """Newest first."""
        return list(self.stripe.v1.events.list({"limit": 100, "ending_before": id}).data)

    def open_invoice(self, customer: str, amount: int = 2500) -> Any:
        """An open invoice that nothing collects by itself."""
        draft = self.stripe.v1.invoices.create(
            {"customer": customer, "collection_method": "charge_automatically"}
        )
        self.stripe.v1.invoice_items.create(
            {"customer": customer, "invoice": draft.id, "amount": amount, "currency": "usd"}
        )
        return self.stripe.v1.invoices.finalize_invoice(draft.id, {"auto_advance": False})

    def customer(self, card: str | None = "pm_card_visa", **params: Any) -> str:
        given: dict[str, Any] = {"email": "ada@example.com", "name": "Ada Example", **params}
        if card is not None:
            method = self.stripe.v1.payment_methods.attach(
                card, {"customer": (made := self.stripe.v1.customers.create(given)).id}
            )
            self.stripe.v1.customers.update(
                made.id, {"invoice_settings": {"default_payment_method": method.id}}
            )
            return str(made.id)
        return str(self.stripe.v1.customers.create(given).id)

    def subscription(
        self, customer: str, *prices: str, mode: str = "flexible", **params: Any
    ) -> Any:
        items = [{"price": self.prices[name]} for name in prices or ("basic",)]
        return self.stripe.v1.subscriptions.create(
            {"customer": customer, "items": items, "billing_mode": {"type": mode}, **params}
        )

    def configure(self, **features: Any) -> str:
        """A further configuration with all features and these changes."""
        return str(
            self.stripe.v1.billing_portal.configurations.create(
                {
                    "features": {**ALL_FEATURES, **self.update_feature(), **features},
                    "default_return_url": RETURN_URL,
                }
            ).id
        )

    def update_feature(self, **changes: Any) -> dict[str, Any]:
        return {
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price", "quantity", "promotion_code"],
                "proration_behavior": "create_prorations",
                "products": [
                    {"product": self.products["basic"], "prices": [self.prices["basic"]]},
                    {
                        "product": self.products["pro"],
                        "prices": [self.prices["pro"], self.prices["pro_year"]],
                        "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 10},
                    },
                ],
                **changes,
            }
        }

    def session(self, customer: str, flow: dict[str, Any] | None = None, **params: Any) -> Any:
        given = {"customer": customer, "configuration": self.configuration, **params}
        if flow is not None:
            given["flow_data"] = flow
        return self.stripe.v1.billing_portal.sessions.create(given)

    def open(self, customer: str, flow: dict[str, Any] | None = None, **params: Any) -> Visitor:
        """A customer who opened a fresh portal session."""
        return Visitor(self.running.url).open(self.session(customer, flow, **params).url)


class Visitor:
    """Someone with a browser without scripts: opens pages, fills in forms, presses buttons."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.status = 0
        self.url = ""
        self.html = ""

    def open(self, url: str) -> Visitor:
        return self._took(self._send("GET", url))

    def press(self, button: str, **fields: str) -> Visitor:
        """Press the button with this text (or aria-label) in its own form, with ``fields``."""
        form = self._form_with(button)
        method, action = form["method"], form["action"]
        values = {**form["values"], **fields}
        if method == "get":
            return self._took(self._send("GET", action, params=values))
        return self._took(self._send("POST", action, data=values))

    def card(self, number: str) -> dict[str, str]:
        return {"card_number": number, "card_expiry": "12 / 34", "card_cvc": "123"}

    @property
    def text(self) -> str:
        """What a reader sees, with blanks folded."""
        body = re.sub(r"<head>.*?</head>", "", self.html, flags=re.S)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    @property
    def buttons(self) -> list[str]:
        found = re.findall(r'<(?:button|a class="button)[^>]*>(.*?)</', self.html, flags=re.S)
        return [unescape(text).strip() for text in found]

    def _send(self, method: str, url: str, **values: Any) -> httpx.Response:
        return httpx.request(method, urljoin(self._base, url), timeout=30, **values)

    def _took(self, answer: httpx.Response) -> Visitor:
        """Follow redirects within the sandbox; one that leaves it is where the visitor is."""
        while answer.is_redirect:
            target = str(answer.next_request.url) if answer.next_request else ""
            if not target.startswith(self._base):
                self.status, self.url, self.html = answer.status_code, target, ""
                return self
            answer = self._send("GET", target)
        self.status, self.url, self.html = answer.status_code, str(answer.url), answer.text
        return self

    def _form_with(self, button: str) -> dict[str, Any]:
        for attributes, inner in re.findall(r"<form([^>]*)>(.*?)</form>", self.html, flags=re.S):
            for tag, text in re.findall(r"<button([^>]*)>(.*?)</button>", inner, flags=re.S):
                label = _attribute(tag, "aria-label") or unescape(text).strip()
                if label != button:
                    continue
                values = _hidden(inner)
                if _attribute(tag, "name"):
                    values[_attribute(tag, "name")] = _attribute(tag, "value")
                return {
                    "method": _attribute(attributes, "method"),
                    "action": _attribute(attributes, "action"),
                    "values": values,
                }
        raise AssertionError(f"No button {button!r} on {self.url}: {self.buttons}")


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def _hidden(form: str) -> dict[str, str]:
    """Values that a form sends without being touched: hidden ones, and what is checked."""
    values = {}
    for tag in re.findall(r"<input([^>]*)>", form):
        kind = _attribute(tag, "type")
        checked = kind in {"radio", "checkbox"} and " checked" in tag
        if checked or kind not in {"radio", "checkbox"}:
            values[_attribute(tag, "name")] = _attribute(tag, "value")
    return {name: value for name, value in values.items() if name}


def open_shop(running: RunningSandbox) -> Shop:
    """Products, prices, a coupon and a default-like configuration with every feature."""
    session = requests.Session()
    # No connection stays behind when a test ends.
    session.headers["Connection"] = "close"
    client = stripe.StripeClient(
        "sk_test_shop",
        base_addresses={"api": running.url},
        http_client=stripe.RequestsClient(session=session),
    )
    return Shop(running, client, *once(running, "shop", lambda: _stock(running, client)))


def _stock(
    running: RunningSandbox, client: stripe.StripeClient
) -> tuple[dict[str, str], dict[str, str], str]:
    products = {
        name: str(client.v1.products.create({"name": name.capitalize()}).id)
        for name in ("basic", "pro")
    }
    amounts = {"basic": ("basic", 1000, "month"), "pro": ("pro", 3000, "month")}
    amounts["pro_year"] = ("pro", 30000, "year")
    prices = {
        name: str(
            client.v1.prices.create(
                {
                    "product": products[product],
                    "unit_amount": amount,
                    "currency": "usd",
                    "recurring": {"interval": interval},
                }
            ).id
        )
        for name, (product, amount, interval) in amounts.items()
    }
    return products, prices, Shop(running, client, products, prices, "").configure()
