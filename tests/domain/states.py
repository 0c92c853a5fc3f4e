"""Small makers of states and observations, in the vocabulary of `observations.STATE_SHAPES`."""

from __future__ import annotations

from typing import Any

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.observations import Observation, State

CATALOG = parse_catalog(
    """
default_plan = "free"
[features.api]
[features.analytics]
[plans.starter]
rank = 10
features = ["api"]
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
features = ["api", "analytics"]
limits = { seats = 10, projects = 5 }
products = ["prod_pro"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
price_ids = ["price_legacy_pro"]
"""
)


def price(
    lookup_key: str | None = "pro_monthly",
    amount: str = "2900",
    interval: str | None = "month",
    count: int = 1,
    **over: Any,
) -> State:
    return {
        "id": f"price_{lookup_key}",
        "lookup_key": lookup_key,
        "product": "prod_other",
        "currency": "usd",
        "unit_amount_decimal": amount,
        "interval": interval,
        "interval_count": count,
        "usage_type": "licensed",
        "billing_scheme": "per_unit",
        "tiers_mode": None,
        "transform": None,
        "tax_behavior": None,
    } | over


def item(
    priced: State | None = None, quantity: int | None = 1, end: int = 3_000_000, **over: Any
) -> State:
    return {
        "id": "si_1",
        "price": priced or price(),
        "quantity": quantity,
        "period_start": 0,
        "period_end": end,
        "discounts": [],
    } | over


def subscription(status: str = "active", **over: Any) -> State:
    return {
        "status": status,
        "currency": "usd",
        "collection_method": "charge_automatically",
        "created": 1_000,
        "start_date": 1_000,
        "trial_start": None,
        "trial_end": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "reason": None,
        "feedback": None,
        "comment": None,
        "pause": None,
        "schedule": None,
        "org_id": None,
        "default_payment_method": None,
        "latest_invoice": None,
        "days_until_due": None,
        "discounts": [],
        "items": [item()],
    } | over


def discount(**over: Any) -> State:
    return {
        "coupon": "co_1",
        "percent_off": None,
        "amount_off": None,
        "currency": None,
        "duration": "forever",
        "duration_in_months": None,
        "start": 0,
        "end": None,
        "subscription": None,
        "item": None,
        "deleted": False,
    } | over


def seen(
    after: State | None,
    second: int,
    *,
    before: State | None = None,
    kind: str = "point",
    object_id: str = "sub_1",
    object_type: str = "subscription",
    event_id: str | None = None,
    customer: str | None = "cus_1",
) -> Observation:
    """An observation; with ``before`` it is an edge unless ``kind`` says otherwise."""
    kind = "edge" if before is not None and kind == "point" else kind
    effective = second
    if kind == "terminal" and after and after.get("ended_at"):
        effective = after["ended_at"]
    return Observation(
        event_id=event_id or f"evt_{object_id}_{second}_{kind}",
        object_type=object_type,
        object_id=object_id,
        customer_id=customer,
        second=second,
        kind=kind,  # type: ignore[arg-type]
        before=before,
        after=after,
        effective=effective,
    )
