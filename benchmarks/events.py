"""Subscription events to feed, made without the sandbox so that only the product is measured."""

from __future__ import annotations

import random
from typing import Any

START = 1_700_000_000
MONTH = 30 * 86_400


def subscription_events(customers: int, renewals: int, seed: int = 7) -> list[dict[str, Any]]:
    """``customers`` × (1 creation + ``renewals`` renewals), shuffled within each renewal."""
    rng = random.Random(seed)
    events = []
    for renewal in range(renewals + 1):
        round_of = [event_of(number, renewal, rng) for number in range(customers)]
        rng.shuffle(round_of)
        events += round_of
    return events


def event_of(number: int, renewal: int, rng: random.Random) -> dict[str, Any]:
    at = START + renewal * MONTH + number
    item = {
        "id": f"si_{number}",
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": START + number,
        "metadata": {},
        "subscription": f"sub_{number}",
        "tax_rates": [],
        "quantity": 1 + number % 3,
        "current_period_start": at,
        "current_period_end": at + MONTH,
        "discounts": [],
        "price": {
            "id": "price_pro",
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "created": START - MONTH,
            "currency": "usd",
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": "pro_monthly",
            "metadata": {},
            "nickname": None,
            "product": "prod_pro",
            "recurring": {
                "interval": "month",
                "interval_count": 1,
                "meter": None,
                "trial_period_days": None,
                "usage_type": "licensed",
            },
            "tax_behavior": "exclusive",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring",
            "unit_amount": 2900,
            "unit_amount_decimal": "2900",
        },
    }
    subscription = {
        "id": f"sub_{number}",
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": START + number,
        "billing_cycle_anchor_config": None,
        "billing_mode": {"flexible": None, "type": "classic"},
        "billing_thresholds": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "days_until_due": None,
        "default_payment_method": f"pm_{number}",
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "test_clock": None,
        "transfer_data": None,
        "trial_end": None,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        "trial_start": None,
        "customer": f"cus_{number}",
        "status": "active",
        "currency": "usd",
        "collection_method": "charge_automatically",
        "created": START + number,
        "start_date": START + number,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "discounts": [],
        "metadata": {"org_id": f"org_{number}"},
        "items": {"object": "list", "data": [item], "has_more": False},
        "latest_invoice": f"in_{number}_{renewal}",
        "livemode": False,
    }
    data: dict[str, Any] = {"object": subscription}
    if renewal:
        data["previous_attributes"] = {
            "latest_invoice": f"in_{number}_{renewal - 1}",
            "items": {
                "data": [item | {"current_period_start": at - MONTH, "current_period_end": at}]
            },
        }
    return {
        "id": f"evt_{rng.getrandbits(80):020x}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": at,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "customer.subscription.updated" if renewal else "customer.subscription.created",
        "data": data,
    }
