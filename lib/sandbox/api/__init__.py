"""The sandbox's HTTP API, one module per resource."""

from __future__ import annotations

from importlib import import_module

MODULES = [
    "lib.sandbox.api.account",
    "lib.sandbox.api.corrections",
    "lib.sandbox.api.coupons",
    "lib.sandbox.api.customers",
    "lib.sandbox.api.entitlements",
    "lib.sandbox.api.events",
    "lib.sandbox.api.invoiceitems",
    "lib.sandbox.api.invoices",
    "lib.sandbox.api.payment_intents",
    "lib.sandbox.api.payment_methods",
    "lib.sandbox.api.prices",
    "lib.sandbox.api.products",
    "lib.sandbox.api.subscription_items",
    "lib.sandbox.api.subscription_schedules",
    "lib.sandbox.api.subscriptions",
    "lib.sandbox.api.test_clocks",
    "lib.sandbox.api.webhook_endpoints",
    "lib.sandbox.portal.api",
    "lib.sandbox.checkout.api",
]
"""Importing one of these registers its endpoints."""


def load_endpoints() -> None:
    """Fill the table of ``routing.ENDPOINTS``."""
    for name in MODULES:
        import_module(name)
