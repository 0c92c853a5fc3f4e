"""Stripe objects in the newest shape, and `aged`: the same thing in the oldest one we read."""

from __future__ import annotations

import copy
from typing import Any

Raw = dict[str, Any]
NOW = 1_790_000_000
DAY = 86_400


def event(kind: str, obj: Raw, previous: Raw | None = None, **over: Any) -> Raw:
    """An event as a webhook endpoint pinned to the newest version gets it."""
    data: Raw = {"object": obj}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": NOW,
        "data": data,
        "livemode": False,
        "type": kind,
    } | over


def price(name: str = "price_pro", amount: int = 2900, **over: Any) -> Raw:
    return {
        "id": name,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "currency": "usd",
        "lookup_key": "pro_monthly",
        "nickname": None,
        "product": "prod_pro",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
        "tax_behavior": "exclusive",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    } | over


def portal_configuration(name: str = "bpc_1", **features: Any) -> Raw:
    """As Stripe renders one that Portside manages; ``features`` replaces some of them."""
    return {
        "id": name,
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": {
            "headline": "Your plan",
            "privacy_policy_url": None,
            "terms_of_service_url": None,
        },
        "created": NOW,
        "default_return_url": "https://app.example/return",
        "features": {
            "customer_update": {"enabled": True, "allowed_updates": ["email", "address"]},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True, "payment_method_configuration": None},
            "subscription_cancel": {
                "cancellation_reason": {"enabled": True, "options": ["unused", "other"]},
                "enabled": True,
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_update": {
                "default_allowed_updates": ["price"],
                "enabled": True,
                "products": [
                    {
                        "product": "prod_pro",
                        "prices": ["price_pro"],
                        "adjustable_quantity": {"enabled": False, "minimum": 1, "maximum": None},
                    }
                ],
                "proration_behavior": "create_prorations",
                "schedule_at_period_end": {"conditions": [{"type": "shortening_interval"}]},
                "trial_update_behavior": "end_trial",
            },
        }
        | features,
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {"managed_by": "portside", "plan_group": "core"},
        "name": "Portside: core",
        "updated": NOW,
    }


def item(name: str = "si_1", priced: Raw | None = None, **over: Any) -> Raw:
    return {
        "id": name,
        "object": "subscription_item",
        "current_period_end": NOW + 30 * DAY,
        "current_period_start": NOW,
        "discounts": [],
        "metadata": {},
        "price": priced or price(),
        "quantity": 2,
        "subscription": "sub_1",
    } | over


def subscription(*items: Raw, **over: Any) -> Raw:
    return {
        "id": "sub_1",
        "object": "subscription",
        "billing_mode": {"type": "flexible"},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": NOW - 90 * DAY,
        "currency": "usd",
        "customer": "cus_1",
        "days_until_due": None,
        "default_payment_method": None,
        "discounts": [],
        "ended_at": None,
        "items": {"object": "list", "data": list(items) or [item()], "has_more": False},
        "latest_invoice": "in_1",
        "livemode": False,
        "metadata": {"org_id": "org_1"},
        "pause_collection": None,
        "schedule": None,
        "start_date": NOW - 90 * DAY,
        "status": "active",
        "trial_end": None,
        "trial_start": None,
    } | over


def invoice(**over: Any) -> Raw:
    return {
        "id": "in_1",
        "object": "invoice",
        "amount_due": 5800,
        "amount_paid": 0,
        "amount_remaining": 5800,
        "attempt_count": 1,
        "attempted": True,
        "auto_advance": True,
        "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically",
        "created": NOW - 3600,
        "currency": "usd",
        "customer": "cus_1",
        "discounts": [],
        "due_date": None,
        "hosted_invoice_url": "https://invoice.example/i/1",
        "invoice_pdf": "https://invoice.example/i/1/pdf",
        "next_payment_attempt": NOW + 3 * DAY,
        "number": "A-0001",
        "parent": {
            "type": "subscription_details",
            "subscription_details": {"subscription": "sub_1", "metadata": {}},
        },
        "period_end": NOW,
        "period_start": NOW - 30 * DAY,
        "status": "open",
        "status_transitions": {
            "finalized_at": NOW,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "total": 5800,
        "total_taxes": [{"amount": 500}, {"amount": 300}],
    } | over


def coupon(**over: Any) -> Raw:
    return {
        "id": "co_half",
        "object": "coupon",
        "amount_off": None,
        "currency": None,
        "duration": "forever",
        "duration_in_months": None,
        "name": "Half",
        "percent_off": 50.0,
    } | over


def discount(**over: Any) -> Raw:
    return {
        "id": "di_1",
        "object": "discount",
        "customer": "cus_1",
        "end": None,
        "source": {"type": "coupon", "coupon": "co_half"},
        "start": NOW,
        "subscription": "sub_1",
        "subscription_item": None,
    } | over


def customer(**over: Any) -> Raw:
    return {
        "id": "cus_1",
        "object": "customer",
        "balance": 0,
        "created": NOW - 100 * DAY,
        "currency": "usd",
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "email": "ann@customer.example",
        "invoice_settings": {"default_payment_method": "pm_1"},
        "livemode": False,
        "metadata": {"org_id": "org_1"},
        "name": "Ann",
        "preferred_locales": ["de"],
    } | over


def payment_intent(**over: Any) -> Raw:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "amount": 5800,
        "currency": "usd",
        "customer": "cus_1",
        "last_payment_error": {
            "type": "card_error",
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "message": "Your card has insufficient funds.",
        },
        "status": "requires_payment_method",
    } | over


def aged(obj: Raw) -> Raw:
    """The same object as API version 2020-08-27 renders it (items must share one period)."""
    old = copy.deepcopy(obj)
    old["customer"] = old.get("customer")
    shape = {"subscription": _aged_subscription, "invoice": _aged_invoice}.get(old["object"])
    if shape is not None:
        shape(old)
    return old


def _plan(priced: Raw) -> Raw:
    return {
        "id": priced["id"],
        "object": "plan",
        "amount": priced["unit_amount"],
        "amount_decimal": priced["unit_amount_decimal"],
        "currency": priced["currency"],
        "interval": priced["recurring"]["interval"],
        "interval_count": priced["recurring"]["interval_count"],
        "product": priced["product"],
        "usage_type": priced["recurring"]["usage_type"],
    }


def _aged_subscription(old: Raw) -> None:
    for key in ("billing_mode", "currency"):
        old.pop(key, None)
    items = old["items"]["data"]
    for each in items:
        for key in ("current_period_start", "current_period_end"):
            old[key] = each.pop(key)
        each.pop("discounts")
        each["plan"] = _plan(each["price"])
        each["price"]["unit_amount_decimal"] += ".00"
    discounts = old.pop("discounts")
    old["discount"] = discounts[0] if discounts else None
    if len(items) == 1:
        old["plan"], old["quantity"] = items[0]["plan"], items[0]["quantity"]


def _aged_invoice(old: Raw) -> None:
    details = old.pop("parent")
    old["subscription"] = details["subscription_details"]["subscription"] if details else None
    taxes = old.pop("total_taxes")
    old["tax"] = sum(tax["amount"] for tax in taxes) if taxes else None
    old["total_tax_amounts"] = taxes
    old["paid"] = old["status"] == "paid"
    old["charge"] = "ch_1"
    old["payment_intent"] = "pi_1"
    old.pop("discounts")
    old["discount"] = None
