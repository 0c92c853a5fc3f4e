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
        round_of = [_event(number, renewal, rng) for number in range(customers)]
        rng.shuffle(round_of)
        events += round_of
    return events


def _event(number: int, renewal: int, rng: random.Random) -> dict[str, Any]:
    at = START + renewal * MONTH + number
    item = {
        "id": f"si_{number}",
        "object": "subscription_item",
        "quantity": 1 + number % 3,
        "current_period_start": at,
        "current_period_end": at + MONTH,
        "discounts": [],
        "price": {
            "id": "price_pro",
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "currency": "usd",
            "lookup_key": "pro_monthly",
            "product": "prod_pro",
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
            "type": "recurring",
            "unit_amount": 2900,
            "unit_amount_decimal": "2900",
        },
    }
    subscription = {
        "id": f"sub_{number}",
        "object": "subscription",
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
