"""Bodies of Stripe events in two renderings, small enough to read."""

from __future__ import annotations

import json
from typing import Any

CREATED, PERIOD_END = 1_700_000_000, 1_702_592_000


def price() -> dict[str, Any]:
    return {
        "id": "price_1",
        "object": "price",
        "lookup_key": "pro_monthly",
        "product": "prod_1",
        "currency": "usd",
        "unit_amount": 2900,
        "unit_amount_decimal": "2900",
        "type": "recurring",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    }


def subscription(*, old: bool, **over: Any) -> dict[str, Any]:
    """A subscription as 2020-08-27 renders it (``old``), or as endive does."""
    item: dict[str, Any] = {
        "id": "si_1",
        "object": "subscription_item",
        "quantity": 1,
        "price": price(),
    }
    periods = {"current_period_start": CREATED, "current_period_end": PERIOD_END}
    whole = {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "status": "active",
        "created": CREATED,
        "start_date": CREATED,
        "currency": "usd",
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "metadata": {"org_id": "org_1"},
        "items": {"object": "list", "has_more": False, "data": [item | ({} if old else periods)]},
    }
    return whole | (periods if old else {}) | over


def event(number: int, kind: str, obj: dict[str, Any], at: int = CREATED, **over: Any) -> str:
    """One line of JSON."""
    previous = over.pop("previous", None)
    data = {"object": obj} | ({"previous_attributes": previous} if previous else {})
    body = {
        "id": f"evt_{number}",
        "object": "event",
        "created": at,
        "livemode": False,
        "type": kind,
        "data": data,
    }
    return json.dumps(body | over)
