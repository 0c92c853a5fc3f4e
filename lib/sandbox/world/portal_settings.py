"""The customer portal as the demo company set it up in its account."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.portal import configurations
from lib.sandbox.world.catalogue import PRICES

RETURN_URL = "https://app.example.com/billing"
REASONS = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
]
_PLANS = ("starter", "pro", "business")
_CURRENCIES = ("usd", "eur")


def save(sandbox: Sandbox, prices: dict[str, str]) -> None:
    """Create the account's default configuration, if it has none; `prices` are ids by lookup key.

    Customers may change their details, card and plan, see invoices, and cancel at period end.
    """
    if sandbox.find(configurations.KIND, is_default=True):
        return
    params = {
        "business_profile": {"headline": "Manage your plan and invoices"},
        "default_return_url": RETURN_URL,
        "features": {
            "customer_update": {
                "enabled": True,
                "allowed_updates": ["email", "name", "address", "phone"],
            },
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "subscription_cancel": {
                "enabled": True,
                "mode": "at_period_end",
                "cancellation_reason": {"enabled": True, "options": REASONS},
            },
            "subscription_update": {
                "enabled": True,
                "default_allowed_updates": ["price", "quantity", "promotion_code"],
                "proration_behavior": "create_prorations",
                "products": [_offer(sandbox, plan, prices) for plan in _PLANS],
            },
        },
        "login_page": {"enabled": True},
    }
    configurations.create(sandbox, params, is_default=True)


def _offer(sandbox: Sandbox, plan: str, prices: dict[str, str]) -> dict[str, Any]:
    keys = [
        price["lookup_key"]
        for price in PRICES
        if price["product"] == plan
        and price["currency"] in _CURRENCIES
        and price["recurring"]["interval"] != "day"
    ]
    product = sandbox.get("price", prices[keys[0]])["product"]
    return {"product": product, "prices": [prices[key] for key in keys]}
